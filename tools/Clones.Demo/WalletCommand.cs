using Clones.Client;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Demo;

/// <summary><c>./clones wallet</c>: what an owner's wallet does, for a shell: its address, a bearer token, a signature under a prepared transaction.</summary>
internal static class WalletCommand
{
    private const string KeypairSetting = "CLONES_OWNER_KEYPAIR";

    public const string Usage = "usage: ./clones wallet address | sign-in | sign [TRANSACTION]";

    public static bool IsAskedFor(string[] args) => args is ["wallet", ..];

    /// <returns>Exit code: 0 done, 1 the API or the file did not do their part, 2 rejected.</returns>
    public static async Task<int> RunAsync(string[] args, TextReader input, TextWriter output, TextWriter error)
    {
        switch (args[1..])
        {
            case [.., "--help" or "-h"]:
                await output.WriteLineAsync(Usage);
                return 0;
            // Before the keypair is read, and made where there is none.
            case not (["address"] or ["sign-in"] or ["sign"] or ["sign", _]):
                await error.WriteLineAsync(Usage);
                return 2;
        }
        try
        {
            using var wallet = new OwnerWallet(new KeypairFile(Required(KeypairSetting)).Open());
            switch (args[1..])
            {
                case ["address"]:
                    await output.WriteLineAsync(wallet.Address);
                    return 0;
                case ["sign-in"]:
                    using (var api = Callers.Anonymous(new Uri(Required("CLONES_API_URL"))))
                    {
                        await output.WriteLineAsync((await api.SignInAsync(wallet.Address, wallet.SignMessageAsync)).AccessToken);
                    }

                    return 0;
                case ["sign"]:
                    return await SignAsync(wallet, await input.ReadToEndAsync(), output, error);
                default:
                    return await SignAsync(wallet, args[2], output, error);
            }
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            await error.WriteLineAsync($"The API does not answer ({e.Message}): ./clones up");
            return 1;
        }
        catch (Exception e)
            when (e is KeypairFileException or ClonesException or HttpRequestException or TimeoutException or InvalidOperationException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<int> SignAsync(OwnerWallet wallet, string base64, TextWriter output, TextWriter error)
    {
        try
        {
            var transaction = Transaction.Deserialize(Convert.FromBase64String(base64.Trim()));
            if (!transaction.Message.Signers.Contains(wallet.Account.PublicKey))
            {
                await error.WriteLineAsync($"The transaction does not ask for a signature of {wallet.Address}.");
                return 2;
            }
            await output.WriteLineAsync(wallet.Sign(base64.Trim()));
            return 0;
        }
        catch (FormatException)
        {
            await error.WriteLineAsync("TRANSACTION must be base64 of a transaction, as GET /v1/agents/{id}/transactions/{kind} has it.");
            return 2;
        }
    }

    private static string Required(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set. Use ./clones wallet, which sets it.");
}
