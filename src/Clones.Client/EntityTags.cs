using System.Text.Json.Serialization;

namespace Clones.Client;

/// <summary>What has versions.</summary>
internal interface ITagged
{
    string? ETag { get; set; }
}

public sealed partial record PoolView : ITagged
{
    /// <summary>Its version, for <see cref="ClonesClient.ChangePoolAsync"/>; null where it was read from a list.</summary>
    [JsonIgnore]
    public string? ETag { get; private set; }

    string? ITagged.ETag
    {
        get => ETag;
        set => ETag = value;
    }
}

public sealed partial record AgentView : ITagged
{
    /// <summary>Its version, for <see cref="ClonesClient.ChangeAgentAsync"/>; null where it was read from a list.</summary>
    [JsonIgnore]
    public string? ETag { get; private set; }

    string? ITagged.ETag
    {
        get => ETag;
        set => ETag = value;
    }
}

public sealed partial record WebhookView : ITagged
{
    /// <summary>Its version, for <see cref="ClonesClient.ChangeWebhookAsync"/>; null where it was read from a list.</summary>
    [JsonIgnore]
    public string? ETag { get; private set; }

    string? ITagged.ETag
    {
        get => ETag;
        set => ETag = value;
    }
}
