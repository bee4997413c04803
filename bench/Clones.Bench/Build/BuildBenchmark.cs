using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Spectre.Console;

namespace Clones.Bench.Build;

/// <summary>
/// What it takes to build, sign and serialize one SPL transfer as a payment has it (compute budget, transfer, memo), beside a bare libsodium
/// signature over the same bytes. One thread; the two take turns, and each figure is the best of its rounds: what else runs only adds to it.
/// </summary>
internal static class BuildBenchmark
{
    private const int Rounds = 40;
    private const int PerRound = 500;
    private const double RatioMax = 1.5;
    private const long BytesMax = 1_024;

    public static int Run()
    {
        using var wallet = Account.Generate();
        var (mint, recipient) = (Fresh(), Fresh());
        var source = AssociatedTokenAccountProgram.FindAddress(wallet.PublicKey, mint, TokenProgram.Id);
        var destination = AssociatedTokenAccountProgram.FindAddress(recipient, mint, TokenProgram.Id);
        var blockhash = new Blockhash(RandomNumberGenerator.GetBytes(Blockhash.Length));
        var memo = $"{Guid.NewGuid():D}:1";
        var message = Transaction.Deserialize(Transfer().Span).Message.Serialize();

        var signature = new Measure(() => wallet.Sign(message));
        var whole = new Measure(() => Transfer());
        for (var round = 0; round < Rounds; round++)
        {
            signature.Round();
            whole.Round();
        }

        var ratio = whole.Microseconds / signature.Microseconds;
        AnsiConsole.Write(
            new Table()
                .AddColumns("one SPL transfer, one thread", "microseconds", "bytes allocated")
                .AddRow("libsodium signature alone", $"{signature.Microseconds:0.0}", $"{signature.Bytes}")
                .AddRow("built, signed and serialized", $"{whole.Microseconds:0.0}", $"{whole.Bytes}")
        );
        AnsiConsole.WriteLine($"{ratio:0.00} times a signature (at most {RatioMax}); {whole.Bytes} bytes (at most {BytesMax})");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"benchmark\":\"build\",\"per_second\":{1e6 / whole.Microseconds:0},\"baseline_per_second\":{1e6 / signature.Microseconds:0},\"ratio\":{ratio:0.00},\"bytes\":{whole.Bytes}}}"
            )
        );
        return 0;

        ReadOnlyMemory<byte> Transfer() =>
            new TransactionBuilder()
                .SetFeePayer(wallet.PublicKey)
                .SetRecentBlockhash(blockhash)
                .AddInstruction(ComputeBudgetProgram.SetComputeUnitLimit(40_000))
                .AddInstruction(ComputeBudgetProgram.SetComputeUnitPrice(1_000))
                .AddInstruction(TokenProgram.TransferChecked(source, mint, destination, wallet.PublicKey, 1_000, 6, TokenProgram.Id))
                .AddInstruction(MemoProgram.Write(memo))
                .Build(wallet)
                .Wire;
    }

    private static PublicKey Fresh()
    {
        using var account = Account.Generate();
        return account.PublicKey;
    }

    private sealed class Measure(Action act)
    {
        public double Microseconds { get; private set; } = double.MaxValue;

        public long Bytes { get; private set; }

        public void Round()
        {
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            for (var i = 0; i < PerRound; i++)
            {
                act();
            }
            Microseconds = Math.Min(Microseconds, Stopwatch.GetElapsedTime(began).TotalMicroseconds / PerRound);
            Bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / PerRound;
        }
    }
}
