namespace Clones.Custody;

/// <summary>
/// With random IVs of 96 bits at most 2^32 encryptions may be made under one key (NIST SP 800-38D, 8.3: the chance of a repeated IV stays below
/// 2^-32). The alarm comes at 2^28, a sixteenth, so that there is time to rotate. Not for Vault's keys: what they wrap is encrypted once each.
/// </summary>
internal static class EncryptionLimit
{
    public const long Max = 1L << 32;
    public const long Alarm = 1L << 28;

    /// <returns>Null where there is nothing to say.</returns>
    public static string? WarningOf(string masterKey, long encryptions, long alarm = Alarm) =>
        encryptions >= Max ? $"{masterKey} is OVER the limit of 2^32 encryptions: rotate now, and sweep"
        : encryptions >= alarm ? $"{masterKey} has made {encryptions} encryptions of the 2^32 allowed: rotate"
        : null;
}
