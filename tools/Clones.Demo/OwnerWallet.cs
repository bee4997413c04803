using System.Text;
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

    /// <summary>Signs the message of Sign-In With Solana.</summary>
    /// <returns>The signature, base58.</returns>
    public Task<string> SignMessageAsync(string message, CancellationToken cancellation) =>
        Task.FromResult(Account.Sign(Encoding.UTF8.GetBytes(message)).ToString());

    /// <summary>Signs a transaction that the API prepared, at home.</summary>
    public string Sign(string unsignedTransactionBase64)
    {
        var transaction = Transaction.Deserialize(Convert.FromBase64String(unsignedTransactionBase64));
        transaction.Sign(Account);
        return Convert.ToBase64String(transaction.Serialize());
    }

    public void Dispose() => Account.Dispose();
}
