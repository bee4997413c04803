using Clones.Chaos.Faults;
using Clones.Chaos.Work;

namespace Clones.Chaos.Tests;

public sealed class PlanTests
{
    private static readonly ChaosPlan Plan = new(Seed: 7, Payments: 500, TimeSpan.FromMinutes(3), Kills: 60, Workers: 3, Agents: 2);

    [Fact]
    public void The_same_seed_plans_the_same_deaths_and_another_seed_others()
    {
        FaultPlan.Draw(Plan).ShouldBe(FaultPlan.Draw(Plan));
        FaultPlan.Draw(Plan with { Seed = 8 }).ShouldNotBe(FaultPlan.Draw(Plan));
    }

    [Fact]
    public void Every_process_is_both_killed_and_frozen_and_some_come_back_to_die_at_a_crash_point()
    {
        var deeds = FaultPlan.Draw(Plan);
        deeds.Count.ShouldBe(60);
        deeds.ShouldAllBe(d => d.At < Plan.Length && d.Index < 3);
        deeds.Select(d => d.FaultTarget).Distinct().Count().ShouldBe(4);
        deeds.Count(d => d.IsFreeze).ShouldBeInRange(5, 30);
        deeds.Count(d => d.ComesBack is not null).ShouldBeInRange(10, 50);
    }

    [Fact]
    public void The_same_seed_orders_the_same_payments_to_people_most_of_whom_are_paid_once()
    {
        var orders = PaymentOrder.Draw(Plan, pools: 4, poor: 2);
        orders.ShouldBe(PaymentOrder.Draw(Plan, pools: 4, poor: 2));
        orders.ShouldAllBe(o => o.DueAt < Plan.Length);
        orders.GroupBy(o => o.Recipient).Count(g => g.Count() == 1).ShouldBeGreaterThan(300);
        orders.Select(o => o.Kind).Distinct().Count().ShouldBe(3);
        orders.Sum(o => o.Twins).ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData(0, 60, 2)]
    [InlineData(10, 10, 2)]
    [InlineData(10, 60, 1)]
    public void A_plan_that_proves_nothing_is_rejected(int payments, int seconds, int workers) =>
        new ChaosPlan(1, payments, TimeSpan.FromSeconds(seconds), 5, workers, 0).Reject().ShouldNotBeNull();
}
