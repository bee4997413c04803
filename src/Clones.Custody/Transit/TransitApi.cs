using System.Net;
using System.Text.Json;
using Clones.Hosting;

namespace Clones.Custody.Transit;

/// <summary>
/// The endpoints of Vault's Transit engine that are used, one method each
/// (https://developer.hashicorp.com/vault/api-docs/secret/transit). All throw <see cref="TransitUnavailableException"/>.
/// </summary>
internal sealed class TransitApi(TransitOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private const int AnswerBytesMax = 64 * 1024;
    private readonly TransitHttp http = new(options, time, logger);

    private delegate T Reading<out T>(ReadOnlySpan<byte> json);

    /// <exception cref="ConfigurationMissingException">There is no such key, or data keys cannot be bound under it.</exception>
    public async Task<TransitKeyFacts> ReadKeyAsync(CancellationToken cancellationToken)
    {
        using var reply = await http.SendAsync(new("keys", null, AnswerBytesMax), cancellationToken).ConfigureAwait(false);
        if (reply.Status == HttpStatusCode.NotFound)
        {
            throw new ConfigurationMissingException(
                "Vault has no Transit key as DEPOSIT_KEY_TRANSIT_KEY and DEPOSIT_KEY_TRANSIT_MOUNT name it"
                    + (options.Namespace is null ? "" : " in VAULT_NAMESPACE")
                    + $". Make it (vault write -f {options.Mount}/keys/{options.Key} type=aes256-gcm96), or set the name of one that is there."
            );
        }
        var derived = false;
        var facts = Read("keys", reply, json => TransitAnswers.KeyFacts(json, out derived));
        return derived || facts.Type is not ("aes128-gcm96" or "aes256-gcm96" or "chacha20-poly1305")
            ? throw new ConfigurationMissingException(
                $"DEPOSIT_KEY_TRANSIT_KEY names a key {(derived ? "that is derived" : "of a type without associated data")}. "
                    + "Set it to a key of type aes256-gcm96, aes128-gcm96 or chacha20-poly1305 without derived and convergent_encryption."
            )
            : facts;
    }

    public async Task<TransitCiphertext> EncryptAsync(
        ReadOnlyMemory<byte> dataKey,
        ReadOnlyMemory<byte> associatedData,
        CancellationToken cancellationToken
    )
    {
        using var body = TransitBodies.Encrypt(dataKey.Span, associatedData.Span);
        using var reply = await http.SendAsync(new("encrypt", body, AnswerBytesMax), cancellationToken).ConfigureAwait(false);
        return Read("encrypt", reply, TransitAnswers.Ciphertext);
    }

    /// <exception cref="TransitRejectedException">It does not open.</exception>
    public async Task DecryptAsync(
        TransitCiphertext ciphertext,
        ReadOnlyMemory<byte> associatedData,
        Memory<byte> dataKey,
        CancellationToken cancellationToken
    )
    {
        using var body = TransitBodies.Decrypt(ciphertext, associatedData.Span);
        using var reply = await http.SendAsync(new("decrypt", body, AnswerBytesMax), cancellationToken).ConfigureAwait(false);
        if (reply.Status != HttpStatusCode.OK && TransitFaults.OfErrors(reply.Body) is var fault && fault.IsRejection())
        {
            throw new TransitRejectedException(ciphertext.Version, fault);
        }
        Read(
            "decrypt",
            reply,
            json =>
            {
                TransitAnswers.Plaintext(json, dataKey.Span);
                return true;
            }
        );
    }

    public void Dispose() => http.Dispose();

    private static T Read<T>(string operation, TransitReply reply, Reading<T> reading)
    {
        if (reply.Status == HttpStatusCode.OK)
        {
            return Parse(operation, reply, reading);
        }
        var fault = reply.Status == HttpStatusCode.NotFound ? TransitFault.KeyMissing : TransitFaults.OfErrors(reply.Body);
        throw new TransitUnavailableException(
            $"Vault does not take the request (Transit {operation}): {TransitFaults.Reason(fault)}.",
            (int)reply.Status
        );
    }

    private static T Parse<T>(string operation, TransitReply reply, Reading<T> reading)
    {
        string reason;
        try
        {
            return reading(reply.Body);
        }
        catch (TransitAnswerException e)
        {
            reason = e.Message;
        }
        catch (JsonException)
        {
            // Its message would show a character of the answer.
            reason = "it is not JSON";
        }
        catch (InvalidOperationException)
        {
            reason = "a string in it is no Unicode text";
        }
        throw new TransitUnavailableException(
            $"The answer to Transit {operation} is not Vault's: {reason}. Check VAULT_ADDR.",
            (int)reply.Status
        );
    }
}
