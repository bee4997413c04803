namespace Clones.Custody.Transit;

/// <summary>Transit gave no data key or no ciphertext. No message holds a token, a data key, a ciphertext, or any text that a server sent.</summary>
internal abstract class TransitException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Nothing is known about the ciphertext; the same call may succeed later: Vault is down, sealed, overloaded or slow, the token is rejected,
/// or the answer is not Vault's.
/// </summary>
/// <param name="message">What happened, and what to set where that helps.</param>
/// <param name="statusCode">Of the last answer; null where there was none.</param>
/// <param name="cause">Of the last attempt.</param>
internal sealed class TransitUnavailableException(string message, int? statusCode = null, Exception? cause = null)
    : TransitException(message, cause)
{
    public int? StatusCode { get; } = statusCode;
}

/// <summary>
/// This ciphertext does not unwrap with this associated data, and will not later: changed, of another owner, under another key, or under a version
/// that the key does not open any more (which an operator can allow again).
/// </summary>
internal sealed class TransitRejectedException(int? version, TransitFault fault)
    : TransitException(
        $"Vault's Transit does not unwrap this data key{(version is { } v ? $" (key version {v})" : "")}: {TransitFaults.Reason(fault)}."
    )
{
    /// <summary>Version of the Transit key; null where the text has none.</summary>
    public int? Version { get; } = version;

    public TransitFault Fault { get; } = fault;
}
