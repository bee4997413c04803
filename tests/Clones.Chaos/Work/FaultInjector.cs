using Clones.Chaos.Faults;
using Clones.Simulation;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;

namespace Clones.Chaos.Work;

/// <summary>
/// Freezes and thaws the token accounts of people who are being paid, with the mint's freeze authority: payments on their way then fail,
/// before they are signed or on chain, and must fail cleanly.
/// </summary>
internal sealed class FaultInjector(
    ulong seed,
    Account authority,
    PublicKey mint,
    RetryingSender sender,
    FaultCounts tally,
    TimeProvider time
)
{
    // Of the Token program: FreezeAccount and ThawAccount.
    private const byte Freeze = 10;
    private const byte Thaw = 11;

    private readonly RandomSource dice = new(seed ^ 0x5AB0);

    public async Task WorkAsync(IReadOnlyList<PublicKey> people, TimeSpan length, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < length)
        {
            var account = AssociatedTokenAccountProgram.FindAddress(dice.Of(people), mint, TokenProgram.Id);
            await SendAsync(Freeze, account, cancellationToken);
            tally.Note("recipients frozen");
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Between(500, 6_000)), time, cancellationToken);
            await SendAsync(Thaw, account, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Between(500, 6_000)), time, cancellationToken);
        }
    }

    private Task SendAsync(byte what, PublicKey account, CancellationToken cancellationToken) =>
        sender.SendAsync(
            [authority],
            [
                new Instruction(
                    TokenProgram.Id,
                    [AccountMeta.Writable(account), AccountMeta.ReadOnly(mint), AccountMeta.ReadOnly(authority.PublicKey, isSigner: true)],
                    [what]
                ),
            ],
            cancellationToken
        );
}
