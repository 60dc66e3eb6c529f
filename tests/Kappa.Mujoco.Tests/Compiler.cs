using System.Diagnostics;

namespace Kappa.Mujoco.Tests;

/// <summary>The C compiler, an oracle for layouts.</summary>
internal static class Compiler
{
    public const string HowToInstall = "gcc is not installed: apt-get install gcc libc6-dev";

    public static bool IsAvailable => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':').Any(folder => File.Exists(Path.Combine(folder, "gcc")));

    public static void Compile(string folder, string source, params string[] arguments)
    {
        string file = Path.Combine(folder, "source.c");
        File.WriteAllText(file, source);
        _ = Run("gcc", folder, [file, .. arguments]);
    }

    public static string Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
