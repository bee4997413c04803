using System.CommandLine;
using System.Globalization;
using Clones.Domain;
using Clones.Domain.Tokens;
using Clones.Solana.Primitives;

namespace Clones.Workers.Commands.Tokens;

/// <summary>The options of <c>token</c> and <c>airdrop</c>, each with the rule of its values.</summary>
internal static class TokenOptions
{
    /// <summary>What Metaplex allows, and wallets show.</summary>
    private const int NameLengthMax = 32;

    /// <returns>Why it is rejected, completing the sentence "--option ..".</returns>
    private delegate string? Rule<T>(string text, out T value);

    public static Option<string> Symbol() =>
        Make<string>(
            "--symbol",
            "1 to 10 of A-Z and 0-9, such as DEV",
            (text, out value) =>
            {
                value = text;
                return !Token.IsSymbol(text) ? "must be 1 to 10 of A-Z and 0-9"
                    : text == Token.SolSymbol ? "must not be SOL, which is always listed"
                    : null;
            },
            isRequired: true
        );

    public static Option<byte> Decimals() =>
        Make<byte>(
            "--decimals",
            "of the mint, 0 to 9",
            (text, out value) =>
                byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= Token.SolDecimals
                    ? null
                    : "must be a whole number from 0 to 9",
            isRequired: true
        );

    public static Option<string?> Name() =>
        Make<string?>(
            "--name",
            $"1 to {NameLengthMax} characters, kept in the mint, where wallets find it; makes a Token-2022 mint",
            (text, out value) => PlainTextRule.Reject(value = text, 1, NameLengthMax)
        );

    public static Option<PublicKey?> Address(string option, string description) =>
        Make<PublicKey?>(
            option,
            description,
            (text, out value) =>
            {
                var isOne = PublicKey.TryParse(text, out var key);
                value = key;
                return isOne && key.IsWallet() ? null : "must be the base58 address of a wallet";
            }
        );

    public static Argument<PublicKey?> Wallet() =>
        new("address")
        {
            Description = "wallet that gets it; the development wallet where it is left out",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                if (result.Tokens.Count == 0)
                {
                    return null;
                }
                if (PublicKey.TryParse(result.Tokens[0].Value, out var key) && key.IsWallet())
                {
                    return key;
                }
                result.AddError("ADDRESS must be the base58 address of a wallet.");
                return null;
            },
        };

    /// <summary>A mint's address may be one that no key belongs to.</summary>
    public static Option<PublicKey?> Mint() =>
        Make<PublicKey?>(
            "--mint",
            "address of the mint; may be left out where it is known (USDC, CLONES)",
            (text, out value) =>
            {
                var isOne = PublicKey.TryParse(text, out var key);
                value = key;
                return isOne ? null : "must be a base58 address";
            }
        );

    /// <exception cref="OptionRejectedException">No decimal number above zero, more decimals than the token has, or more than a u64 counts.</exception>
    public static ulong BaseUnitsOf(string option, string text, int decimals)
    {
        if (!BaseUnits.TryReadDecimal(text, out var digits, out var places, out var rejection))
        {
            throw new OptionRejectedException(option, rejection);
        }
        if (digits == 0)
        {
            throw new OptionRejectedException(option, "must be above zero");
        }
        return BaseUnits.TryFrom(digits, places, decimals, out var units, out rejection)
            ? units
            : throw new OptionRejectedException(option, rejection);
    }

    private static Option<T> Make<T>(string name, string description, Rule<T> rule, bool isRequired = false) =>
        new(name)
        {
            Description = description,
            Required = isRequired,
            CustomParser = result =>
            {
                var rejection = rule(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", out var value);
                if (rejection is not null)
                {
                    result.AddError($"{name} {rejection}.");
                }
                return value;
            },
        };
}
