using System.Globalization;

namespace Kappa.Tensors.Cpu.Threads;

/// <summary>The environment variable that says how many threads to use.</summary>
internal static class ThreadVariable
{
    internal const string Name = "KAPPA_THREADS";

    /// <summary>What it says; the number of processors where it is not set.</summary>
    /// <exception cref="ArgumentException">It is set, and no whole number in range.</exception>
    internal static int Read() => Parse(Environment.GetEnvironmentVariable(Name));

    /// <summary>What a text in it says.</summary>
    internal static int Parse(string? text)
    {
        if (text is null)
            return Math.Clamp(Environment.ProcessorCount, 1, WorkerPool.MaximumThreads);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= WorkerPool.MaximumThreads
            ? count
            : throw new ArgumentException(
                $"the environment variable {Name} takes a whole number of threads from 1 to {WorkerPool.MaximumThreads}; got \"{text}\". Set one, or unset it "
                + "to use all processors");
    }
}
