namespace Clones.Custody.Import;

/// <summary>What one line of the file came to: a pool with its key, or the reason why not. Disposing wipes the key.</summary>
internal sealed class OldPoolLine : IDisposable
{
    private OldPoolLine(int number, OldPool? pool, ImportedKey? key, string? rejection, IReadOnlyList<string> ignored) =>
        (Number, Pool, Key, Rejection, IgnoredFields) = (number, pool, key, rejection, ignored);

    /// <summary>Of the line in the file, from 1.</summary>
    public int Number { get; }

    /// <summary>Null where the line is rejected.</summary>
    public OldPool? Pool { get; }
    public ImportedKey? Key { get; }

    /// <summary>For people, <c>field: reason</c>; never any part of the line.</summary>
    public string? Rejection { get; private set; }

    /// <summary>Fields that the import has no use for.</summary>
    public IReadOnlyList<string> IgnoredFields { get; }

    public static OldPoolLine Of(int number, OldPool pool, ImportedKey key, IReadOnlyList<string> ignored) =>
        new(number, pool, key, null, ignored);

    public static OldPoolLine Rejected(int number, string reason, IReadOnlyList<string>? ignored = null) =>
        new(number, null, null, reason, ignored ?? []);

    /// <summary>It was readable, and cannot be imported all the same.</summary>
    public void Reject(LineRejectedException rejection) => Rejection = rejection.Message;

    public void Dispose() => Key?.Dispose();
}
