using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kappa.Tables;

/// <summary>The time for which a processor worked for this thread: on a machine that others use too, what a stopwatch shows tells of them.</summary>
/// <remarks>Elsewhere than on Linux it is a stopwatch.</remarks>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Seconds since some moment.</summary>
    internal static double Seconds => OperatingSystem.IsLinux() && ReadClock(ThreadProcessorTime, out var time) == 0
        ? time.Seconds + (time.Nanoseconds / 1e9)
        : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        internal readonly nint Seconds, Nanoseconds;
    }
}
