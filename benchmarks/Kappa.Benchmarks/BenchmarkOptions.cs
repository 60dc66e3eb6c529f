namespace Kappa.Benchmarks;

/// <summary>The few options that the benchmarks share.</summary>
internal static class BenchmarkOptions
{
    /// <summary>The thread counts to measure: the value of --threads, or 1 and 2.</summary>
    internal static IEnumerable<int> ThreadCounts(string[] args) =>
        Value(args, "--threads") is { } text ? text.Split(',').Select(int.Parse) : [1, 2];

    /// <summary>The value that follows an option, or null.</summary>
    internal static string? Value(string[] args, string option)
    {
        int index = Array.IndexOf(args, option);
        return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
    }
}
