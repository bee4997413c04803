using Clones.Domain;

namespace Clones.Api.Tests.Hosting;

/// <summary>The clock of the system, moved by as much as a test likes.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => MicrosecondTime.Truncate(base.GetUtcNow()) + Shift;
}
