namespace Clones.Client;

/// <summary>A page of a list.</summary>
public interface IPage<out T>
{
    IReadOnlyList<T> Items { get; }

    /// <summary>Asks for the next page; null after the last one.</summary>
    string? NextCursor { get; }
}
