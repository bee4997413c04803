namespace Clones.Custody.Import;

/// <summary>A line cannot be imported; the others go on.</summary>
/// <param name="field">Path of the field, <c>token.symbol</c>; null where the line as a whole is meant.</param>
/// <param name="reason">For people. Never quotes what the line holds: any of it may be a key in the wrong place.</param>
internal sealed class LineRejectedException(string? field, string reason) : Exception(field is null ? reason : $"{field}: {reason}");
