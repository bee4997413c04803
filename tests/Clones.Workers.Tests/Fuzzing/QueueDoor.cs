using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Clones.Contracts.Agents;
using Clones.Lifecycle;
using MassTransit;

namespace Clones.Workers.Tests.Fuzzing;

/// <summary>A queue of the workers, and a message that they take from it.</summary>
internal sealed record QueueDoor(string Queue, Type Message)
{
    public static IReadOnlyList<QueueDoor> All { get; } =
    [
        .. typeof(AgentLifecycleStateMachine)
            .Assembly.GetTypes()
            .Where(t => t.IsClass)
            .SelectMany(t => t.GetInterfaces(), (consumer, face) => (consumer, face))
            .Where(c => c.face.IsGenericType && c.face.GetGenericTypeDefinition() == typeof(IConsumer<>))
            .Select(c => new QueueDoor(
                KebabCaseEndpointNameFormatter.Instance.SanitizeName(c.consumer.Name[..^"Consumer".Length]),
                c.face.GenericTypeArguments[0]
            ))
            .Concat(
                typeof(IAgentCommand)
                    .Assembly.GetTypes()
                    .Where(t => t is { IsSealed: true } && t.IsAssignableTo(typeof(IAgentCommand)))
                    .Select(t => new QueueDoor("agent-lifecycle", t))
            )
            .OrderBy(d => d.Queue, StringComparer.Ordinal)
            .ThenBy(d => d.Message.Name, StringComparer.Ordinal),
    ];

    public string Urn => MessageUrn.ForTypeString(Message);

    public IReadOnlyList<PropertyInfo> Fields { get; } =
    [.. Message.GetProperties().Where(p => p.CanWrite).OrderBy(p => p.Name, StringComparer.Ordinal)];

    public IReadOnlyList<PropertyInfo> Required => [.. Fields.Where(p => p.IsDefined(typeof(RequiredMemberAttribute)))];

    /// <summary>Every field has its kind, and what they name does not exist.</summary>
    public JsonObject Body(Random dice) => new(Fields.Select(p => KeyValuePair.Create(NameOf(p), Value(p, dice))));

    public static string NameOf(PropertyInfo field) => char.ToLowerInvariant(field.Name[0]) + field.Name[1..];

    public static Type KindOf(PropertyInfo field) => Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;

    public static Guid NewId(Random dice)
    {
        var bytes = new byte[16];
        dice.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static JsonNode? Value(PropertyInfo field, Random dice)
    {
        var kind = KindOf(field);
        return kind == typeof(Guid) ? NewId(dice).ToString()
            : kind == typeof(string) ? Text(field.Name)
            : kind == typeof(bool) ? true
            : kind == typeof(DateTimeOffset) ? "2026-11-25T12:00:00Z"
            : kind.IsPrimitive ? 7
            : throw new NotSupportedException($"No value of {kind} for {field.Name}.");
    }

    private static string Text(string field) =>
        field switch
        {
            "Amount" => "1000",
            "Submitter" or "Recipient" => "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2",
            "Status" => "FINALIZED",
            _ => $"a {field}",
        };
}
