using System.Text;
using Clones.Custody.Import;

namespace Clones.Custody.Tests.Import;

public sealed class ImportLinesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public async Task Lines_come_whole_however_the_file_is_read(int chunk)
    {
        byte[] file = [0xEF, 0xBB, 0xBF, .. "one\r\n\ntwo\nthree"u8];
        (await ReadAsync(file, chunk)).ShouldBe(["1:one", "2:", "3:two", "4:three"]);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_told_and_the_next_one_comes()
    {
        var longest = new string('x', ImportLines.LineBytesMax);
        var file = Encoding.UTF8.GetBytes($"a\n{longest}\r\n{longest}x\nb\n{longest}{longest}{longest}\nc\n{longest}y");
        (await ReadAsync(file, 70_001)).ShouldBe(["1:a", $"2:{longest}", "3 too long", "4:b", "5 too long", "6:c", "7 too long"]);
    }

    [Fact]
    public async Task An_empty_file_has_no_lines()
    {
        (await ReadAsync([], 10)).ShouldBeEmpty();
        (await ReadAsync("\n"u8.ToArray(), 10)).ShouldBe(["1:"]);
    }

    [Fact]
    public void A_line_is_wiped_when_the_next_one_is_asked_for_and_all_of_it_at_the_end()
    {
        using var file = new MemoryStream("the first\nthe second\nthe third\n"u8.ToArray());
        using var lines = new ImportLines(file);
        Next(lines);
        var first = lines.Line;
        first.SequenceEqual("the first"u8).ShouldBeTrue();
        Next(lines);
        first.IndexOfAnyExcept((byte)0).ShouldBe(-1);
        var second = lines.Line;
        lines.Dispose();
        second.IndexOfAnyExcept((byte)0).ShouldBe(-1);
    }

    private static void Next(ImportLines lines) => lines.NextAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully.ShouldBeTrue();

    private static async Task<List<string>> ReadAsync(byte[] file, int chunk)
    {
        using var stream = new Chunks(file, chunk);
        using var lines = new ImportLines(stream);
        var read = new List<string>();
        while (await lines.NextAsync(TestContext.Current.CancellationToken))
        {
            read.Add(lines.IsTooLong ? $"{lines.Number} too long" : $"{lines.Number}:{Encoding.UTF8.GetString(lines.Line)}");
        }
        lines.BytesRead.ShouldBe(file.Length);
        return read;
    }

    private sealed class Chunks(byte[] file, int chunk) : MemoryStream(file)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
