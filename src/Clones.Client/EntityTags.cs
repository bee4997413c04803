using System.Text.Json.Serialization;

namespace Clones.Client;

/// <summary>What has versions.</summary>
internal interface IHasEntityTag
{
    string? ETag { get; set; }
}

public sealed partial record PoolView : IHasEntityTag
{
    /// <summary>Its version, for <see cref="ClonesClient.ChangePoolAsync"/>; null where it was read from a list.</summary>
    [JsonIgnore]
    public string? ETag { get; private set; }

    string? IHasEntityTag.ETag
    {
        get => ETag;
        set => ETag = value;
    }
}

public sealed partial record AgentView : IHasEntityTag
{
    /// <summary>Its version, for <see cref="ClonesClient.ChangeAgentAsync"/>; null where it was read from a list.</summary>
    [JsonIgnore]
    public string? ETag { get; private set; }

    string? IHasEntityTag.ETag
    {
        get => ETag;
        set => ETag = value;
    }
}

public sealed partial record WebhookView : IHasEntityTag
{
    /// <summary>Its version, for <see cref="ClonesClient.ChangeWebhookAsync"/>; null where it was read from a list.</summary>
    [JsonIgnore]
    public string? ETag { get; private set; }

    string? IHasEntityTag.ETag
    {
        get => ETag;
        set => ETag = value;
    }
}
