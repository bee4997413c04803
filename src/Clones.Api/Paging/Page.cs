namespace Clones.Api.Paging;

/// <summary>Part of a list.</summary>
/// <param name="Items">In the order of the list.</param>
/// <param name="NextCursor">Gives the next page; null at the end.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
