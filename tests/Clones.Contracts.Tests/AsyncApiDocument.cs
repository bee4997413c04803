using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Clones.Contracts.Agents;
using Clones.Contracts.Keys;
using Clones.Contracts.Payments;
using Clones.Contracts.Pools;
using Clones.Contracts.Submissions;
using Clones.Messaging.Bus;

namespace Clones.Contracts.Tests;

/// <summary>
/// What other services may send and hear, as an AsyncAPI 3.0 document made from the contracts: names and types of the records, what their
/// comments say, and the bounds of their attributes.
/// </summary>
internal static class AsyncApiDocument
{
    /// <summary>What other services publish.</summary>
    public static IReadOnlyList<Type> In { get; } = [typeof(SubmissionGraded), typeof(PaymentRequested)];

    /// <summary>What is published for them.</summary>
    public static IReadOnlyList<Type> Out { get; } =
    [
        typeof(AgentStatusChanged),
        typeof(PaymentConfirmed),
        typeof(PaymentCompleted),
        typeof(PaymentFailed),
        typeof(PoolFundsChanged),
        typeof(DepositWalletCreated),
        typeof(DepositKeyMigrated),
    ];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    public static string Exchange(Type message) => ExchangeNames.Of(message);

    public static JsonObject Make()
    {
        var comments = new ContractComments();
        var all = In.Concat(Out).ToList();
        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Clones",
                ["version"] = "1",
                ["description"] =
                    "Plain JSON over RabbitMQ (AMQP 0-9-1), one object a message, camelCase, UTF-8, no envelope. At least once: what comes twice has its effect once. docs/messages.md has programs.",
            },
            ["defaultContentType"] = "application/json",
            ["servers"] = new JsonObject
            {
                ["broker"] = new JsonObject
                {
                    // Port and virtual host of "./clones up".
                    ["host"] = "127.0.0.1:18672",
                    ["pathname"] = "/clones",
                    ["protocol"] = "amqp",
                },
            },
            ["channels"] = Map(all, Exchange, Channel),
            ["operations"] = Map(all, OperationName, Operation),
            ["components"] = new JsonObject
            {
                ["messages"] = Map(all, type => type.Name, type => Message(type, comments)),
                ["schemas"] = Map(all, type => type.Name, type => Schema(type, comments)),
            },
        };
    }

    private static JsonObject Map(IEnumerable<Type> types, Func<Type, string> name, Func<Type, JsonObject> value) =>
        new(types.Select(type => KeyValuePair.Create<string, JsonNode?>(name(type), value(type))));

    private static string OperationName(Type type) => $"{(In.Contains(type) ? "receive" : "send")}{type.Name}";

    private static JsonObject Channel(Type type) =>
        new()
        {
            ["address"] = Exchange(type),
            ["messages"] = new JsonObject { [type.Name] = Reference($"#/components/messages/{type.Name}") },
            ["bindings"] = new JsonObject
            {
                ["amqp"] = new JsonObject
                {
                    ["is"] = "routingKey",
                    ["exchange"] = new JsonObject
                    {
                        ["name"] = Exchange(type),
                        ["type"] = "fanout",
                        ["durable"] = true,
                        ["autoDelete"] = false,
                        ["vhost"] = "clones",
                    },
                },
            },
        };

    /// <summary>From our side: what others publish is received.</summary>
    private static JsonObject Operation(Type type) =>
        new()
        {
            ["action"] = In.Contains(type) ? "receive" : "send",
            ["channel"] = Reference($"#/channels/{Exchange(type)}"),
            ["messages"] = new JsonArray(Reference($"#/channels/{Exchange(type)}/messages/{type.Name}")),
        };

    private static JsonObject Message(Type type, ContractComments comments) =>
        new()
        {
            ["name"] = type.Name,
            ["summary"] = comments.Of(type),
            ["contentType"] = "application/json",
            ["payload"] = Reference($"#/components/schemas/{type.Name}"),
        };

    private static JsonObject Schema(Type type, ContractComments comments)
    {
        var options = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is JsonObject schema && context.PropertyInfo?.AttributeProvider is PropertyInfo property)
                {
                    if (comments.Of(property.DeclaringType!, property.Name) is { } comment)
                    {
                        schema["description"] = comment;
                    }
                    Bound(schema, property);
                }
                return node;
            },
        };
        var made = Json.GetJsonSchemaAsNode(type, options).AsObject();
        made["description"] = comments.Of(type);
        return made;
    }

    private static void Bound(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<StringLengthAttribute>() is { } length)
        {
            (schema["minLength"], schema["maxLength"]) = (length.MinimumLength, length.MaximumLength);
        }
        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern)
        {
            schema["pattern"] = pattern.Pattern;
        }
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            (schema["minimum"], schema["maximum"]) = ((int)range.Minimum, (int)range.Maximum);
        }
    }

    private static JsonObject Reference(string pointer) => new() { ["$ref"] = pointer };
}
