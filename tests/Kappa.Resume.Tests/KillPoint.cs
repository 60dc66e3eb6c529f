namespace Kappa.Resume.Tests;

/// <summary>Where a process is killed.</summary>
/// <param name="Operation">The call.</param>
/// <param name="Half">Whether half of what it writes is written.</param>
internal sealed record KillPoint(Operation Operation, bool Half)
{
    private const int SampleSize = 2;

    /// <summary>All points of a run, or a sample of different kinds that is spread over it.</summary>
    internal static IReadOnlyList<KillPoint> Choose(IReadOnlyList<Operation> operations, int seed)
    {
        var all = operations.Select(operation => new KillPoint(operation, false))
            .Concat(operations.Where(operation => operation.Name == "write").Select(operation => new KillPoint(operation, true)))
            .OrderBy(point => point.Operation.Number).ToArray();
        if (Size.Point is { } number)
            return [.. all.Where(point => point.Operation.Number == number)];
        if (Size.IsFull || all.Length <= SampleSize)
            return all;
        var generator = new Random(seed);
        var kinds = all.GroupBy(point => (point.Operation.Kind, point.Half)).Select(kind => kind.ElementAt(generator.Next(kind.Count()))).ToArray();
        return [.. Enumerable.Range(0, SampleSize).Select(i => kinds[((i * kinds.Length) + generator.Next(kinds.Length)) / SampleSize])];
    }

    internal string Describe(Operation? killed) =>
        $"killed {(Half ? "half-way through" : "before")} operation {Operation.Number}, {(killed ?? Operation).Name} {(killed ?? Operation).File}";
}
