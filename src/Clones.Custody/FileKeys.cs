using System.Security.Cryptography;
using Clones.Hosting;

namespace Clones.Custody;

/// <summary>
/// Master keys from a mounted secret: <c>DEPOSIT_KEY_ENCRYPTION_FILE</c>. It is read again every few seconds, so that a new version comes to all replicas
/// without a restart (Kubernetes swaps links, which file watchers miss). What cannot be used is rejected, and the keys before it stay.
/// </summary>
internal sealed class FileKeys : RingKeys
{
    public static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);
    private readonly string path;
    private readonly bool isWrittenWith;
    private byte[] fingerprint;
    private byte[]? seen;

    private FileKeys(string path, bool isWrittenWith, KeyRing ring, byte[] fingerprint)
        : base(ring)
    {
        (this.path, this.isWrittenWith, this.fingerprint) = (path, isWrittenWith, fingerprint);
    }

    /// <exception cref="ConfigurationMissingException">It cannot be read, or a secret in it is missing or too weak.</exception>
    public static FileKeys Load(string path, bool isWrittenWith = true)
    {
        using var settings = KeySettings.FromFile(path);
        return new FileKeys(path, isWrittenWith, KeyRing.Load(settings, isWrittenWith), FingerprintOf(settings));
    }

    /// <summary>
    /// What is new is taken at the second reading that finds it: a file that is written in place is seen half-written in between, and half a secret
    /// is a secret too.
    /// </summary>
    /// <returns>Whether the keys are others than before.</returns>
    /// <exception cref="ConfigurationMissingException">What is there cannot be used.</exception>
    public bool ReadAgain()
    {
        using var settings = KeySettings.FromFile(path);
        var now = FingerprintOf(settings);
        if (CryptographicOperations.FixedTimeEquals(now, fingerprint))
        {
            return false;
        }

        var isSeenAgain = seen is not null && CryptographicOperations.FixedTimeEquals(now, seen);
        seen = now;
        if (!isSeenAgain)
        {
            // What cannot be used is reported at once all the same.
            KeyRing.Load(settings, isWrittenWith).Dispose();
            return false;
        }
        Replace(KeyRing.Load(settings, isWrittenWith));
        fingerprint = now;
        return true;
    }

    // Kept instead of the secrets, to see whether they changed.
    private static byte[] FingerprintOf(KeySettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in settings.Names.Order(StringComparer.Ordinal))
        {
            hash.AppendData(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));
            hash.AppendData(SHA256.HashData(settings[name]));
        }
        return hash.GetHashAndReset();
    }
}

/// <summary>Reads the file again every <see cref="FileKeys.ReadEvery"/>.</summary>
internal sealed class FileKeysReader(FileKeys keys, KeyMeter meter, TimeProvider time, ILogger<FileKeysReader> log) : PassService(time, log)
{
    private string? said;

    protected override TimeSpan PassEvery => FileKeys.ReadEvery;

    protected override bool WaitsFirst => true;

    public override Task PassAsync(CancellationToken cancellationToken)
    {
        if (keys.ReadAgain())
        {
            Log.LogInformation("The master keys were read anew; {MasterKey} is written with", keys.Current);
        }
        said = null;
        return Task.CompletedTask;
    }

    protected override void Report(Exception failure)
    {
        if (failure is not ConfigurationMissingException)
        {
            base.Report(failure);
            return;
        }

        meter.SourceFailed.Add(1);
        if (said != failure.Message)
        {
            Log.LogError("The master keys cannot be read anew, those before stay: {Reason}", failure.Message);
        }
        said = failure.Message;
    }
}
