namespace Clones.Testing.Tests;

public sealed class TestRunScriptTests : IDisposable
{
    /// <summary>
    /// Stands in for a test program: waits without end as often as the file "hangs" has lines, then reports one failure for each line
    /// of the file "fails", which names its exception, and after that three passed.
    /// </summary>
    private const string Program = """
        #!/usr/bin/env bash
        echo "[Long Running Test] 'Some.Test', Elapsed: 00:02:00"
        if [ -s "$ROOT/hangs" ]; then
          sed -i 1d "$ROOT/hangs"
          exec sleep 60
        fi
        echo "$*" >>"$ROOT/runs"
        while [ "$1" != -result-xml ]; do shift; done
        if [ -s "$ROOT/fails" ]; then
          echo "<assembly name=\"x\" passed=\"2\" failed=\"1\" errors=\"0\" skipped=\"0\">
          <test name=\"A(b: &quot;c&quot;)\" type=\"Some.Tests\" method=\"A\" time=\"1\" result=\"Fail\">
          <failure exception-type=\"$(head -n 1 "$ROOT/fails")\"><message>no</message></failure></test>" >"$2"
          sed -i 1d "$ROOT/fails"
          exit 1
        fi
        echo '<assembly name="x" passed="3" failed="0" errors="0" skipped="0">' >"$2"
        """;

    private const string Run = """
        export ROOT CLONES_TEST_SECONDS=1 STARTED_SECONDS=0
        mkdir -p "$STATE/reports"
        touch "$STATE/reports/unsteady"
        chmod u+x "$ROOT"/tests/*/bin/Release/net10.0/*
        run_test_project Some.Tests ''
        sum_up
        echo "counted $PASSED passed, $FAILED failed"
        """;

    // Counts for itself.
    private static readonly string Finish = Run.Replace("sum_up", "finish_tests", StringComparison.Ordinal);

    private readonly NativeScript script = new();

    public TestRunScriptTests()
    {
        var folder = Directory.CreateDirectory(Path.Combine(script.Root, "tests", "Some.Tests", "bin", "Release", "net10.0"));
        File.WriteAllText(Path.Combine(folder.FullName, "Some.Tests"), Program);
    }

    public void Dispose() => script.Dispose();

    [Fact]
    public void What_ends_is_counted_from_its_report()
    {
        script.Succeed(Run).ShouldContain("counted 3 passed, 0 failed");
    }

    [Fact]
    public void What_hangs_is_killed_named_and_run_once_more()
    {
        File.WriteAllText(Path.Combine(script.Root, "hangs"), "once\n");

        var output = script.Succeed(Run);

        output.ShouldContain("Some.Tests took more than 1 s and was killed");
        output.ShouldContain("'Some.Test', Elapsed");
        output.ShouldContain("counted 3 passed, 0 failed");
    }

    [Fact]
    public void What_hangs_twice_has_failed()
    {
        File.WriteAllText(Path.Combine(script.Root, "hangs"), "once\ntwice\n");

        script.Succeed(Run).ShouldContain("counted 0 passed, 1 failed");
    }

    [Fact]
    public void A_wait_that_ran_out_is_tried_once_more_alone_and_named_as_unsteady()
    {
        Fails("System.TimeoutException");

        var output = script.Succeed(Finish);

        output.ShouldContain("3 passed, 0 failed");
        output.ShouldContain("unsteady: Some.Tests.A");
        File.ReadLines(Path.Combine(script.Root, "runs")).Last().ShouldStartWith("-method Some.Tests.A -result-xml");
    }

    [Fact]
    public void A_wait_that_runs_out_twice_has_failed()
    {
        Fails("System.TimeoutException", "System.TimeoutException");

        script.Succeed(Run).ShouldContain("counted 2 passed, 1 failed");
    }

    [Fact]
    public void A_wrong_value_is_never_run_again()
    {
        Fails("Shouldly.ShouldAssertException");

        script.Succeed(Run).ShouldContain("counted 2 passed, 1 failed");
        File.ReadLines(Path.Combine(script.Root, "runs")).Count().ShouldBe(1);
    }

    private void Fails(params string[] exceptions) =>
        File.WriteAllText(Path.Combine(script.Root, "fails"), string.Concat(exceptions.Select(e => $"{e}\n")));
}
