using System.Text;
using System.Text.Json.Serialization;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Demo;

/// <summary>The wallet of a person: the key never leaves this process, transactions come in unsigned and go out signed.</summary>
internal sealed class OwnerWallet(Account account) : IDisposable
{
    public OwnerWallet()
        : this(Account.Generate()) { }

    public Account Account { get; } = account;
    public string Address => Account.PublicKey.ToString();

    /// <summary>Signs in with Solana and lets the client act as this owner.</summary>
    /// <returns>The bearer token.</returns>
    public async Task<string> SignInAsync(ClonesApi api, CancellationToken cancellation)
    {
        var challenge = await api.PostAsync<Challenge>("/v1/auth/challenge", new { address = Address }, cancellation);
        var signature = Account.Sign(Encoding.UTF8.GetBytes(challenge.Message));
        var token = await api.PostAsync<AccessToken>(
            "/v1/auth/token",
            new { message = challenge.Message, signature = signature.ToString() },
            cancellation
        );
        api.SignInWith(token.Value);
        return token.Value;
    }

    /// <summary>Signs a transaction that the API prepared, at home.</summary>
    public string Sign(string unsignedTransactionBase64)
    {
        var transaction = Transaction.Deserialize(Convert.FromBase64String(unsignedTransactionBase64));
        transaction.Sign(Account);
        return Convert.ToBase64String(transaction.Serialize());
    }

    public void Dispose() => Account.Dispose();

    private sealed record Challenge(string Message);

    private sealed record AccessToken([property: JsonPropertyName("accessToken")] string Value);
}
