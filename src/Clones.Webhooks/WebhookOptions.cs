using System.ComponentModel.DataAnnotations;
using Clones.Hosting;

namespace Clones.Webhooks;

/// <summary>Paces and bounds, from the section <c>Webhooks</c>; the defaults are meant for production.</summary>
internal sealed class WebhookOptions
{
    /// <summary>How often due deliveries are searched for, where there was none.</summary>
    [Pace]
    public TimeSpan PassEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests of this process at once. Endpoints that fail, or take longer than 5 s, get half of them at most.</summary>
    [Count]
    public int AtOnce { get; init; } = 32;

    /// <summary>Requests to one endpoint at once; to one that fails, or takes longer than 5 s, one.</summary>
    [Count]
    public int AtOncePerEndpoint { get; init; } = 4;

    /// <summary>Requests to all endpoints of one owner at once, of all processes together.</summary>
    [Count]
    public int AtOncePerOwner { get; init; } = 8;

    /// <summary>Name lookups at once, for endpoints that fail and for all others each.</summary>
    [Count]
    public int LookupsAtOnce { get; init; } = 8;

    /// <summary>From the name lookup to the answer's status.</summary>
    [Pace]
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The body of the answer is read for its owner's eyes alone: not for long.</summary>
    [Pace]
    public TimeSpan BodyWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After it another worker takes the delivery over. Longer than an attempt with all its commits.</summary>
    [Pace]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    [Pace]
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long what has ended is kept.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(30);
}
