using System.ComponentModel.DataAnnotations;

namespace Clones.Hosting;

/// <summary>A time that says how often something is done: shorter would be a busy loop, longer a standstill.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PaceAttribute() : RangeAttribute(typeof(TimeSpan), "00:00:00.0100000", "01:00:00")
{
    public override string FormatErrorMessage(string name) => "must lie between 10 ms and 1 h, e.g. 00:00:01.";
}

/// <summary>A number of things at once, in a pass or in a row.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CountAttribute(int max = int.MaxValue) : RangeAttribute(1, max)
{
    public override string FormatErrorMessage(string name) =>
        Maximum is int.MaxValue ? "must be 1 or more." : $"must be from 1 to {Maximum}.";
}
