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

/// <summary>A setting that is in no section.</summary>
/// <param name="name">As the environment has it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VariableAttribute(string name) : Attribute
{
    public string Name => name;

    /// <summary>As .NET's configuration has it.</summary>
    internal string Key => name.Replace("__", ":", StringComparison.Ordinal);
}

/// <summary>What others must not guess; null where it may be left out and is.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute() : MinLengthAttribute(32)
{
    public override string FormatErrorMessage(string name) => "must have 32 random characters or more, e.g. from: openssl rand -hex 32";
}
