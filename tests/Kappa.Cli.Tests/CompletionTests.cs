using System.Diagnostics;

namespace Kappa.Cli.Tests;

public sealed class CompletionTests
{
    [SkippableTheory]
    [InlineData("kappa tra", "train")]
    [InlineData("kappa train --resu", "--resume")]
    [InlineData("kappa completion ba", "bash")]
    public void Bash_completes_what_was_begun(string typed, string expected)
    {
        Skip.If(OperatingSystem.IsWindows() || !File.Exists("/bin/bash"), "bash is not installed: the script is for it");
        using var folder = new TemporaryFolder();
        string program = typeof(Application).Assembly.Location;
        File.WriteAllText(folder["kappa"], $"#!/bin/bash\nexec dotnet '{program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["kappa"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (code, script, _) = CommandRun.Of("completion", "bash");
        Assert.Equal(0, code);
        string[] words = typed.Split(' ');
        File.WriteAllText(folder["try.sh"], $$"""
            {{script}}
            COMP_WORDS=({{typed}}) COMP_CWORD={{words.Length - 1}} COMP_LINE='{{typed}}' COMP_POINT={{typed.Length}}
            _kappa
            printf '%s\n' "${COMPREPLY[@]}"
            """);
        var start = new ProcessStartInfo("/bin/bash", [folder["try.sh"]]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{folder.FullPath}:{Environment.GetEnvironmentVariable("PATH")}";
        using var bash = Process.Start(start)!;
        string found = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        Assert.Equal(expected, found.Trim());
    }

    [Theory]
    [InlineData("zsh", "compdef _kappa kappa")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public void Other_shells_have_a_script_too(string shell, string line)
    {
        var (code, script, _) = CommandRun.Of("completion", shell);
        Assert.Equal(0, code);
        Assert.Contains(line, script, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_shell_is_an_error_that_names_those_there_are()
    {
        var (code, _, error) = CommandRun.Of("completion", "fish");
        Assert.Equal(2, code);
        Assert.Contains("'bash'", error, StringComparison.Ordinal);
    }
}
