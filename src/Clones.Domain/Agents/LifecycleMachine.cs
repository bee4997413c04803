using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Clones.Contracts.Agents;

namespace Clones.Domain.Agents;

/// <summary>A version of the state machine that workers have run, as they read it off themselves when they started.</summary>
public sealed class LifecycleMachine
{
    /// <summary>SHA-256 of <see cref="Graph"/>, hex: the same machine has the same, whichever build it is in.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>JSON of an <see cref="AgentLifecycleGraph"/>.</summary>
    public required string Graph { get; init; }
    public required DateTimeOffset FirstStartedAt { get; init; }

    /// <summary>The newest is the one that is current.</summary>
    public required DateTimeOffset LastStartedAt { get; set; }

    public static LifecycleMachine Of(AgentLifecycleGraph graph, DateTimeOffset startedAt)
    {
        var json = JsonSerializer.Serialize(graph, JsonSerializerOptions.Web);
        return new LifecycleMachine
        {
            Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json))),
            Graph = json,
            FirstStartedAt = startedAt,
            LastStartedAt = startedAt,
        };
    }

    public AgentLifecycleGraph ReadGraph() =>
        JsonSerializer.Deserialize<AgentLifecycleGraph>(Graph, JsonSerializerOptions.Web)
        ?? throw new InvalidOperationException($"The stored state machine {Fingerprint} is empty.");
}
