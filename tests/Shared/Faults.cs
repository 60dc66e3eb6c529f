namespace Kappa.Tests.Shared;

/// <summary>Lists of faults that are to be empty.</summary>
internal static class Faults
{
    /// <summary>Fails with all of them, each in full, a line each.</summary>
    internal static void RequireNone(IEnumerable<string> faults)
    {
        string lines = string.Join('\n', faults);
        if (lines.Length > 0)
            Assert.Fail(lines);
    }
}
