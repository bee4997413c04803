using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Clones.Contracts.Agents;
using Clones.Domain.Transactions;
using Clones.Testing;

namespace Clones.Workers.Tests.Agents.Recorded;

/// <summary>Histories as one version of the state machine has lived them; written once by that version and never changed after.</summary>
/// <param name="Machine">Its fingerprint, see <see cref="Persistence.Agents.LifecycleMachine"/>.</param>
internal sealed record RecordedMachine(string Machine, IReadOnlyList<RecordedHistory> Histories)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Folder => Repository.PathOf("tests", "Clones.Lifecycle.Tests", "Recorded");

    public static IReadOnlyList<RecordedMachine> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Folder, "*.json")
            .Order(StringComparer.Ordinal)
            .Select(f => JsonSerializer.Deserialize<RecordedMachine>(File.ReadAllText(f), Json)!),
    ];

    public void Save() =>
        File.WriteAllText(
            Path.Combine(Folder, $"{Machine[..16]}.json"),
            JsonSerializer.Serialize(this, Json).ReplaceLineEndings("\n") + "\n"
        );
}

/// <param name="Name">Where it leads, e.g. <c>FAILED with a token</c>.</param>
/// <param name="Events">All that was told, REGISTER first, with the status after each.</param>
/// <param name="Row">The row of <c>agent_lifecycles</c> at the end, by column.</param>
/// <param name="Next">What was accepted there, with the status that it led to.</param>
internal sealed record RecordedHistory(string Name, IReadOnlyList<RecordedEvent> Events, JsonObject Row, IReadOnlyList<RecordedEvent> Next)
{
    [JsonIgnore]
    public string Status => Events[^1].Status;
}

/// <param name="Type">Name of the contract.</param>
/// <param name="Body">The message as it was sent. The ids of agent and operation are filled in anew at each telling.</param>
internal sealed record RecordedEvent(string Type, JsonObject Body, string Status)
{
    public static RecordedEvent Of(IAgentCommand command, string status)
    {
        var body = JsonSerializer.SerializeToNode(command, command.GetType(), JsonSerializerOptions.Web)!.AsObject();
        (body["agentId"], body["operationId"]) = ("", "");
        return new(command.GetType().Name, body, status);
    }

    /// <summary>Of the transaction that a success tells of; null for the other events.</summary>
    private TransactionKind? Kind =>
        Type switch
        {
            nameof(TokenCreationSucceeded) => TransactionKind.TokenCreation,
            nameof(PoolCreationSucceeded) => TransactionKind.PoolCreation,
            _ => null,
        };

    /// <summary>As the contracts of today read it, of a transaction of this agent.</summary>
    public IAgentCommand Read(Guid agentId, Guid operationId)
    {
        var body = Body.DeepClone().AsObject();
        (body["agentId"], body["operationId"]) = (agentId, operationId);
        if (Kind is { } kind)
        {
            body["transactionId"] = TransactionIds.OfDeployment(agentId, kind, 1);
        }

        var type = typeof(IAgentCommand).Assembly.GetType($"{typeof(IAgentCommand).Namespace}.{Type}");
        return (IAgentCommand)
            body.Deserialize(type.ShouldNotBeNull($"{Type} is still sent by the version before"), JsonSerializerOptions.Web)!;
    }
}
