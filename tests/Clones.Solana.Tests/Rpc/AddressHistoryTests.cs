using System.Text.Json;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Solana.Tests.Rpc;

public sealed class AddressHistoryTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private readonly List<(Signature Signature, ulong Slot)> listed = [];
    private FakeNode node = null!;
    private int pageMax = 1_000;

    /// <summary>Called after each page.</summary>
    private Action onPage = () => { };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        node = await FakeNode.StartAsync();
        node.Says(Answer);
        for (var i = 0; i < 7; i++)
        {
            Lands(slot: 100 + (ulong)i);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        http.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Pages_of_any_size_are_followed_until_one_is_empty(int size)
    {
        pageMax = size;
        var (entries, end, _) = await ReadAsync();

        entries.ShouldBe(listed);
        end.ShouldBe(HistoryEnd.Whole);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1_000)]
    public async Task Reading_ends_behind_the_first_entry_below_the_wanted_slot(int size)
    {
        pageMax = size;
        var (entries, end, _) = await ReadAsync(fromSlot: 104);

        entries.Select(e => e.Slot).ShouldBe([106, 105, 104, 103]);
        end.ShouldBe(HistoryEnd.AtSlot);
    }

    [Fact]
    public async Task Entries_that_come_while_it_is_paged_do_not_shift_the_pages()
    {
        pageMax = 2;
        var before = listed.ToList();
        onPage = () => Lands(slot: listed[0].Slot + 1);

        var (entries, end, _) = await ReadAsync();

        entries.ShouldBe(before);
        end.ShouldBe(HistoryEnd.Whole);
    }

    [Fact]
    public async Task An_empty_page_behind_an_entry_that_the_node_no_longer_knows_is_no_end()
    {
        pageMax = 3;
        onPage = () =>
        {
            if (listed.Count == 7)
            {
                listed.RemoveAt(2);
            }
        };

        var (entries, end, _) = await ReadAsync();

        entries.Count.ShouldBe(3);
        end.ShouldBe(HistoryEnd.Broken);
    }

    [Fact]
    public async Task A_page_that_begins_above_the_last_one_is_not_the_next_page()
    {
        pageMax = 2;
        node.Says(request => Result(request, Page(0)));

        var (_, end, _) = await ReadAsync();

        end.ShouldBe(HistoryEnd.Broken);
    }

    [Fact]
    public async Task A_node_that_lists_nothing_says_so()
    {
        listed.Clear();

        var (entries, end, _) = await ReadAsync();

        entries.ShouldBeEmpty();
        end.ShouldBe(HistoryEnd.Nothing);
    }

    [Fact]
    public async Task More_pages_than_are_read_are_no_end()
    {
        pageMax = 1;
        var (entries, end, count) = await ReadAsync(pagesMax: 5);

        entries.Count.ShouldBe(5);
        count.ShouldBe(5);
        end.ShouldBe(HistoryEnd.TooLong);
    }

    [Fact]
    public async Task A_page_that_does_not_come_is_an_error_and_no_end()
    {
        pageMax = 2;
        onPage = () => node.Says(_ => "", 503);
        var history = new AddressHistory(new SolanaRpcClient(http, node.Url), default, Commitment.Finalized);

        await Should.ThrowAsync<RpcException>(async () => await history.ReadWholeAsync(Cancel));

        history.End.ShouldBeNull();
        history.Count.ShouldBe(2);
    }

    private async Task<(List<(Signature Signature, ulong Slot)> Entries, HistoryEnd? End, int Count)> ReadAsync(
        ulong fromSlot = 0,
        int pagesMax = AddressHistory.PagesMaxDefault
    )
    {
        var history = new AddressHistory(new SolanaRpcClient(http, node.Url), default, Commitment.Finalized, pagesMax: pagesMax);
        var entries = await history.ReadAsync(fromSlot, Cancel).Select(e => (e.Signature, e.Slot)).ToListAsync(Cancel);
        return (entries, history.End, history.Count);
    }

    private void Lands(ulong slot)
    {
        var bytes = new byte[Signature.Length];
        BitConverter.TryWriteBytes(bytes, slot);
        listed.Insert(0, (new Signature(bytes), slot));
    }

    private string Answer(JsonElement request)
    {
        var parameters = request.GetProperty("params");
        if (request.GetProperty("method").GetString() == "getSignatureStatuses")
        {
            var known = listed.Find(e => $"{e.Signature}" == parameters[0][0].GetString());
            var status =
                known.Slot == 0 ? "null" : $$"""{"slot":{{known.Slot}},"confirmations":null,"err":null,"confirmationStatus":"finalized"}""";
            return Result(request, $$"""{"context":{"slot":200},"value":[{{status}}]}""");
        }
        var from = parameters[1].TryGetProperty("before", out var before)
            ? listed.FindIndex(e => $"{e.Signature}" == before.GetString()) is >= 0 and var index
                ? index + 1
                : listed.Count
            : 0;
        var page = Result(request, Page(from));
        onPage();
        return page;
    }

    private string Page(int from) =>
        $"[{string.Join(',', listed.Skip(from).Take(pageMax).Select(e => $$"""{"signature":"{{e.Signature}}","slot":{{e.Slot}},"err":null,"memo":null,"blockTime":null}"""))}]";

    private static string Result(JsonElement request, string json) =>
        $$"""{"jsonrpc":"2.0","id":{{request.GetProperty("id").GetRawText()}},"result":{{json}}}""";
}
