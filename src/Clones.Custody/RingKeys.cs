using Clones.Domain.Keys;

namespace Clones.Custody;

/// <summary>Master keys in this process, derived from secrets: of the environment (which a process has once and for all) or of a file.</summary>
internal class RingKeys(KeyRing ring) : IMasterKeySource, IDisposable
{
    private volatile KeyRing current = ring;

    public string Current => MasterKeyName.Of(current.Latest);

    public bool Opens(StoredForm form) => form != StoredForm.Transit;

    public ValueTask OpenAsync(
        StoredKey key,
        ReadOnlyMemory<byte> stored,
        KeyBinding binding,
        Memory<byte> secretKey64,
        CancellationToken cancellationToken
    )
    {
        With(ring =>
        {
            SecretKeyCodec.Open(key, stored.Span, binding, ring, secretKey64.Span);
            return "";
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<string> SealAsync(ReadOnlyMemory<byte> secretKey64, KeyBinding binding, CancellationToken cancellationToken) =>
        ValueTask.FromResult(With(ring => SecretKeyCodec.Seal(secretKey64.Span, binding, ring)));

    public string? CheckOf(string masterKey) =>
        MasterKeyName.OwnVersionOf(masterKey) is { } version ? With(ring => ring.CheckOf(version)) : null;

    public void Dispose()
    {
        current.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The one before is wiped; whoever is using it asks the new one.</summary>
    protected void Replace(KeyRing fresh) => Interlocked.Exchange(ref current, fresh).Dispose();

    private T With<T>(Func<KeyRing, T> use)
    {
        while (true)
        {
            var ring = current;
            try
            {
                return use(ring);
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(ring, current))
            {
                // Replaced in the middle.
            }
        }
    }
}
