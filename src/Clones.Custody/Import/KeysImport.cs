using Clones.Persistence;

namespace Clones.Custody.Import;

/// <summary>
/// <c>./clones keys import FILE</c>: takes training pools with their deposit wallets over from the old system. FILE is what mongoexport writes of
/// its <c>training_pools</c> collection, one document a line. It may be run again at any time: what is there stays as it is, so that a file with
/// rejected lines is put right and imported anew.
/// </summary>
internal sealed class KeysImport(ClonesDbContext db, IImportedKeys keys, TimeProvider time)
{
    public const int AllFine = 0;

    /// <summary>Some lines were rejected, and the others are imported; or there was no line.</summary>
    public const int SomeRejected = 1;

    /// <summary>The file is no export as it is wanted; nothing was imported.</summary>
    public const int WrongUsage = 2;

    /// <summary>Lines in one database transaction, and so keys in memory at one time.</summary>
    private const int LinesPerBatch = 100;

    /// <summary>Opens the file without a buffer of its own, which nobody would wipe.</summary>
    /// <exception cref="IOException">There is no such file, or it is a folder. The message leaves the path to the caller.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path)
    {
        const FileOptions Options = FileOptions.Asynchronous | FileOptions.SequentialScan;
        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder");
        }
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException("there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException("access is denied");
        }
    }

    /// <param name="file">Without a buffer, see <see cref="Open"/>; the caller disposes it.</param>
    /// <param name="dryRun">Reads, opens and checks everything and writes nothing.</param>
    /// <param name="output">Gets the rejected lines, the progress and the summary; never a part of a key.</param>
    /// <param name="cancellationToken">Stops it; the batch that is on its way is undone, those before stay.</param>
    /// <returns>The exit code: see the constants.</returns>
    public async Task<int> RunAsync(Stream file, bool dryRun, TextWriter output, CancellationToken cancellationToken)
    {
        using var lines = new ImportLines(file);
        var report = new ImportReport();
        var progress = new ImportProgress(output, file.CanSeek ? file.Length : null, time);
        string? wrong;
        try
        {
            wrong = await ImportAsync(lines, dryRun, report, progress, output, cancellationToken);
        }
        catch
        {
            await output.WriteLineAsync($"Stopped after line {lines.Number}. {report.Summary(dryRun)}. It may be run again.");
            throw;
        }
        if (wrong is not null)
        {
            await output.WriteLineAsync(wrong);
            return WrongUsage;
        }

        if (report.Lines == 0)
        {
            await output.WriteLineAsync("The file holds nothing: there is no training pool in it.");
            return SomeRejected;
        }

        foreach (var pool in report.Pools())
        {
            await output.WriteLineAsync(pool);
        }
        if (report.Ignored.ToString() is { } ignored)
        {
            await output.WriteLineAsync($"Fields that are not imported: {ignored}");
        }
        await output.WriteLineAsync(report.Summary(dryRun));
        return report.Rejected == 0 ? AllFine : SomeRejected;
    }

    /// <returns>What is wrong with the file as a whole; null where nothing is.</returns>
    private async Task<string?> ImportAsync(
        ImportLines lines,
        bool dryRun,
        ImportReport report,
        ImportProgress progress,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var tokens = await ListedTokens.ReadAsync(db, cancellationToken);
        var batch = new ImportBatch(db, keys, tokens, new KnownPools(db), time);
        var isFirst = true;
        var isMore = true;
        while (isMore)
        {
            var read = new List<OldPoolLine>(LinesPerBatch);
            try
            {
                while (read.Count < LinesPerBatch && (isMore = await lines.NextAsync(cancellationToken)))
                {
                    var isBlank = !lines.IsTooLong && lines.Line.Trim(" \t"u8).IsEmpty;
                    if (isFirst && !isBlank && WrongFormat(lines.Line) is { } wrong)
                    {
                        return wrong;
                    }
                    if (!isBlank)
                    {
                        isFirst = false;
                        read.Add(Parse(lines));
                    }
                }
                var decisions = read.Count == 0 ? [] : await batch.RunAsync(read, dryRun, cancellationToken);
                foreach (var (line, decision) in read.Zip(decisions))
                {
                    report.Count(line, decision);
                    if (line.Rejection is { } rejection)
                    {
                        await output.WriteLineAsync($"line {line.Number}: {rejection}");
                    }
                }
            }
            finally
            {
                read.ForEach(line => line.Dispose());
            }
            await progress.AdvanceAsync(lines.BytesRead, report);
        }
        return null;
    }

    private static OldPoolLine Parse(ImportLines lines) =>
        lines.IsTooLong
            ? OldPoolLine.Rejected(lines.Number, $"is longer than {ImportLines.LineBytesMax} bytes")
            : OldPoolParser.Parse(lines.Number, lines.Line);

    private static string? WrongFormat(ReadOnlySpan<byte> firstLine) =>
        firstLine.Trim(" \t"u8) switch
        {
            [(byte)'[', ..] => "The file is one JSON array. Export one document a line: mongoexport without --jsonArray.",
            [(byte)'{'] => "The file has documents over several lines. Export one document a line: mongoexport without --pretty.",
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "The file is UTF-16. Let mongoexport write it (--out) instead of a shell.",
            _ => null,
        };
}
