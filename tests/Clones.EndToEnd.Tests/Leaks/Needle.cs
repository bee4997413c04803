namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>Bytes that must be found nowhere (or, for a control, that must be found).</summary>
/// <param name="Owner">Whose key they are of.</param>
/// <param name="Form">How it is written there.</param>
/// <param name="Bytes">At least <see cref="LeakSearch.LengthMin"/>.</param>
internal sealed record Needle(string Owner, string Form, byte[] Bytes)
{
    public override string ToString() => $"{Owner} ({Form})";
}
