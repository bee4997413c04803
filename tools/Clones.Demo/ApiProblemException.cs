namespace Clones.Demo;

internal sealed class ApiProblemException(string request, Problem problem)
    : Exception($"{request} answered {problem.Status} {problem.Code}: {problem.Detail ?? problem.Title}")
{
    public Problem Problem { get; } = problem;
}
