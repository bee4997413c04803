using Xunit.Sdk;
using Xunit.v3;

namespace Clones.EndToEnd.Tests;

/// <summary>The tests that stop all payments of the system that others look at come after them; the others keep their order.</summary>
public sealed class LastInCollection : ITestClassOrderer
{
    public IReadOnlyCollection<TTestClass?> OrderTestClasses<TTestClass>(IReadOnlyCollection<TTestClass?> testClasses)
        where TTestClass : notnull, ITestClass => [.. testClasses.OrderBy(c => c?.TestClassName == typeof(QueryPlanTests).FullName)];
}
