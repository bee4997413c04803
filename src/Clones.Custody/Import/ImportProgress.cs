namespace Clones.Custody.Import;

/// <summary>Shows an import on its way: a line every few seconds.</summary>
/// <param name="bytes">Length of the file; null where it has none (a pipe).</param>
internal sealed class ImportProgress(TextWriter output, long? bytes, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private long reported = time.GetTimestamp();

    public async Task AdvanceAsync(long bytesRead, ImportReport report)
    {
        if (time.GetElapsedTime(reported) >= Every)
        {
            reported = time.GetTimestamp();
            var share = bytes > 0 ? $"{100 * bytesRead / bytes} % read: " : "";
            await output.WriteLineAsync(
                $"{share}{report.Imported} imported, {report.AlreadyThere} already there, {report.Rejected} rejected"
            );
        }
    }
}
