using System.Text;
using Clones.Api.Tests.Hosting;
using Clones.Client;
using Clones.Domain.Operations;

namespace Clones.Api.Tests.Client;

/// <summary>The client against the API as it runs in production.</summary>
public sealed class ClientOnTheApiTests(ApiFixture api) : IAsyncLifetime
{
    private Owner owner = null!;
    private ClonesClient client = null!;
    private Guid poolId;
    private string symbol = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        symbol = token.Symbol;
        (poolId, _) = await api.CreateFundedPoolAsync(owner, token, lamports: 100_000_000_000);
        client = api.ClientOf(owner);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        owner.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_read_is_changed_by_its_version_and_only_once()
    {
        var pool = await client.GetPoolAsync(poolId, Ct);
        var changed = await client.ChangePoolAsync(poolId, new ChangePoolRequest { Name = "Renamed", UploadLimit = 3 }, pool.ETag!, Ct);
        (changed.Name, changed.UploadLimit, changed.PricePerDemo).ShouldBe(("Renamed", 3, pool.PricePerDemo));

        var problem = await Should.ThrowAsync<ClonesProblemException>(() =>
            client.ChangePoolAsync(poolId, new ChangePoolRequest { Name = "Too late" }, pool.ETag!, Ct)
        );
        (problem.Status, problem.Code).ShouldBe((412, "precondition_failed"));

        (await client.ChangePoolAsync(poolId, new ChangePoolRequest { UploadLimit = null }, changed.ETag!, Ct)).ShouldSatisfyAllConditions(
            p => p.UploadLimit.ShouldBeNull(),
            p => p.Name.ShouldBe("Renamed")
        );
    }

    [Fact]
    public async Task A_rejection_names_its_code_the_fields_to_blame_and_the_request()
    {
        var problem = await Should.ThrowAsync<ClonesProblemException>(() =>
            client.CreatePoolAsync(
                new CreatePoolRequest
                {
                    Name = "",
                    TokenSymbol = symbol,
                    PricePerDemo = "1e3",
                },
                cancellationToken: Ct
            )
        );

        (problem.Status, problem.Code).ShouldBe((400, "invalid_request"));
        problem.Errors.Keys.ShouldBe(["name", "pricePerDemo"], ignoreOrder: true);
        problem.RequestId.ShouldNotBeNullOrEmpty();
        problem.Message.ShouldContain("POST /v1/pools answered 400 invalid_request");
    }

    [Fact]
    public async Task An_event_that_is_not_valid_says_the_status_and_what_is_permitted()
    {
        var agentId = await api.CreateAgentAsync(owner, poolId);
        var asked = client.RetryAgentAsync(agentId, wait: TimeSpan.FromSeconds(20), cancellationToken: Ct);
        await api.AnswerAsync(
            "RETRY",
            agentId,
            (_, operation) =>
            {
                (operation.Status, operation.ErrorCode) = (OperationStatus.Refused, "event_not_valid");
                (operation.AgentStatus, operation.PermittedEvents) = ("DRAFT", ["INITIATE_DEPLOYMENT"]);
                return Task.CompletedTask;
            }
        );

        var problem = await Should.ThrowAsync<ClonesProblemException>(() => asked);

        (problem.Status, problem.Code, problem.CurrentStatus).ShouldBe((409, "event_not_valid", "DRAFT"));
        problem.PermittedEvents.ShouldBe(["INITIATE_DEPLOYMENT"]);
    }

    [Fact]
    public async Task What_is_started_without_waiting_is_an_operation_that_can_be_followed()
    {
        var agentId = await api.CreateAgentAsync(owner, poolId);
        var started = await client.DeployAgentAsync(agentId, cancellationToken: Ct);
        started.Result.ShouldBeNull();
        Should.Throw<TimeoutException>(() => started.Done);
        await Should.ThrowAsync<TimeoutException>(() => client.WaitAsync(started.Operation!, TimeSpan.FromMilliseconds(300), Ct));

        var followed = client.WaitAsync(started.Operation!, TimeSpan.FromSeconds(30), Ct);
        await api.AnswerAsync(
            "INITIATE_DEPLOYMENT",
            agentId,
            (_, operation) =>
            {
                operation.Status = OperationStatus.Succeeded;
                return Task.CompletedTask;
            }
        );

        (await followed).Status.ShouldBe(OperationStatuses.Succeeded);
    }

    [Fact]
    public async Task Who_waits_gets_the_result()
    {
        var agentId = await api.CreateAgentAsync(owner, poolId);
        var asked = client.DeployAgentAsync(agentId, wait: TimeSpan.FromSeconds(20), cancellationToken: Ct);
        await api.AnswerAsync(
            "INITIATE_DEPLOYMENT",
            agentId,
            async (_, operation) =>
            {
                await api.SetStatusAsync(agentId, AgentStatuses.PendingTokenSignature);
                operation.Status = OperationStatus.Succeeded;
            }
        );

        var agent = (await asked).Done;
        (agent.Status, agent.ETag).ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe(AgentStatuses.PendingTokenSignature),
            a => a.ETag.ShouldNotBeNull()
        );
    }

    [Fact]
    public async Task Payments_come_page_after_page_each_once_and_as_CSV()
    {
        using var service = api.ClientWith(ClonesCredentials.ApiKey(ApiFixture.ServiceKey));
        var batch = Enumerable.Range(0, 130).Select(Payment).ToList();
        var sent = await service.CreatePaymentsAsync(new PaymentBatchRequest { Payments = batch }, Ct);
        (sent.Accepted, sent.Refused).ShouldBe((130, 0));

        var payments = await client.EnumeratePaymentsAsync(trainingPoolId: poolId, cancellationToken: Ct).ToListAsync(Ct);

        payments.Select(p => p.Id).ShouldBe(sent.Items.Select(i => i.Payment!.Id).Reverse());
        (await client.ListPaymentsAsync(PaymentStatuses.Accepted, limit: 7, cancellationToken: Ct)).Items.Count.ShouldBe(7);
        (await client.EnumeratePaymentsAsync(PaymentStatuses.Failed, cancellationToken: Ct).ToListAsync(Ct)).ShouldBeEmpty();
        (await client.EnumeratePaymentsAsync(trainingPoolId: poolId, cancellationToken: Ct).Take(3).ToListAsync(Ct)).Count.ShouldBe(3);

        using var csv = new MemoryStream();
        await client.ExportPaymentsAsync(csv, trainingPoolId: poolId, createdFrom: DateTimeOffset.UnixEpoch, cancellationToken: Ct);
        Encoding.UTF8.GetString(csv.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(131);
    }

    [Fact]
    public async Task A_payment_is_followed_to_its_end()
    {
        using var service = api.ClientWith(ClonesCredentials.ApiKey(ApiFixture.ServiceKey));
        var payment = await service.CreatePaymentAsync(
            new CreatePaymentRequest
            {
                TrainingPoolId = poolId,
                Recipient = owner.Address,
                Amount = "12.5",
            },
            $"reward-{Guid.NewGuid():N}",
            Ct
        );
        payment.Amount.ShouldBe("12.5");
        (
            await Should.ThrowAsync<TimeoutException>(() => service.WaitAsync(payment, TimeSpan.FromMilliseconds(300), Ct))
        ).Message.ShouldContain("ACCEPTED");

        var followed = service.WaitAsync(payment, TimeSpan.FromSeconds(30), Ct);
        await using (var db = api.OpenDatabase())
        {
            (await db.Payments.FindAsync([payment.Id], Ct))!.MoveTo(Domain.Payments.PaymentStatus.Completed);
            await db.SaveChangesAsync(Ct);
        }

        (await followed).Status.ShouldBe(PaymentStatuses.Completed);
    }

    [Fact]
    public async Task A_key_without_the_scope_is_forbidden()
    {
        using var service = api.ClientWith(ClonesCredentials.ApiKey(ApiFixture.ServiceKey));

        var problem = await Should.ThrowAsync<ClonesProblemException>(() =>
            service.PutTokenAsync("X", new ListTokenRequest { Mint = owner.Address }, Ct)
        );

        (problem.Status, problem.Code).ShouldBe((403, "forbidden"));
    }

    private BatchPaymentRequest Payment(int number)
    {
        using var trainer = Solana.Primitives.Account.Generate();
        return new BatchPaymentRequest
        {
            IdempotencyKey = $"{poolId:N}-{number}",
            TrainingPoolId = poolId,
            Recipient = trainer.PublicKey.ToString(),
            Amount = "0.01",
        };
    }
}
