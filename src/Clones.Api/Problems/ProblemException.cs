namespace Clones.Api.Problems;

/// <summary>Ends a request with a problem, from wherever the reason is found; <see cref="ProblemExceptionHandler"/> answers it.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
