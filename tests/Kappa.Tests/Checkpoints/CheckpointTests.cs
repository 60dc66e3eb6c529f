using System.Text.Json;
using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Theory]
    [MemberData(nameof(OptimizerCases.Names), MemberType = typeof(OptimizerCases))]
    [InlineData("dopr-adamw")]
    [InlineData("dopr-signum")]
    [InlineData("dopr-muon")]
    [InlineData("dopr-muon-polar-express")]
    [InlineData("dopr-adamuon")]
    public void A_run_resumed_from_files_continues_bit_for_bit(string name)
    {
        using var folder = new TemporaryFolder();
        var whole = new SmallRun(name, 1);
        whole.Train(12);

        var first = new SmallRun(name, 1);
        first.Train(5);
        _ = Checkpoint.Save(folder.Path, 5, first.Model, first.Optimizer, first.Generator.State);
        // Another seed and another rate: everything must come from the files.
        var second = new SmallRun(name, 2);
        second.Optimizer.LearningRate = 77;
        second.Optimizer.MaxGradientNorm = null;
        second.Optimizer.Groups[0].WeightDecay = 0.5;
        var checkpoint = Checkpoint.LoadLatest(folder.Path, second.Model, second.Optimizer);
        Assert.NotNull(checkpoint);
        Assert.Equal(5, checkpoint.Step);
        Assert.Equal(5, second.Optimizer.StepCount);
        Assert.Equal(first.Optimizer.LastGradientNorm, second.Optimizer.LastGradientNorm);
        second.Generator = Philox.FromState(checkpoint.Generator);
        second.Train(7);

        Assert.Equal(whole.Values(), second.Values());
        Assert.Equal(whole.Optimizer.LearningRate, second.Optimizer.LearningRate);
        foreach (var (key, tensor) in whole.Optimizer.State().Tensors)
            Assert.Equal(tensor.ToArray<float>(), second.Optimizer.State().Tensors[key].ToArray<float>());
    }

    [Fact]
    public void A_checkpoint_is_a_folder_with_three_files_and_carries_the_callers_json()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("adamw", 1);
        run.Train(2);
        string root = Path.Combine(folder.Path, "run", "checkpoints");
        var extra = JsonDocument.Parse("""{"epoch": 3, "order": [1, 2]}""").RootElement;
        string path = Checkpoint.Save(root, 1000, run.Model, run.Optimizer, run.Generator.State, extra);
        Assert.Equal(Path.Combine(root, "step-00001000"), path);
        Assert.Equal(["step-00001000"], Names(root));
        Assert.Equal(["model.safetensors", "optimizer.safetensors", "state.json"], Directory.GetFiles(path).Select(Path.GetFileName).Order());
        var checkpoint = Checkpoint.LoadLatest(root, run.Model, optimizer: null)!;
        Assert.Equal(1000, checkpoint.Step);
        Assert.Equal(path, checkpoint.FolderPath);
        Assert.Equal(run.Generator.State, checkpoint.Generator);
        Assert.Equal(3, checkpoint.Extra!.Value.GetProperty("epoch").GetInt32());
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "state.json")));
        Assert.Equal(2, json.RootElement.GetProperty("version").GetInt32());
        Assert.Equal("AdamW", json.RootElement.GetProperty("optimizer").GetProperty("kind").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("optimizer").GetProperty("numbers").GetProperty("step_count").GetDouble());
    }

    [Fact]
    public void Without_a_checkpoint_there_is_nothing_to_load()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("sgd", 1);
        Assert.Null(Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer));
        Assert.Null(Checkpoint.LoadLatest(Path.Combine(folder.Path, "missing"), run.Model, run.Optimizer));
    }

    [Fact]
    public void Only_the_latest_checkpoints_are_kept_when_asked()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("sgd", 1);
        for (long step = 1; step <= 5; step++)
            _ = Checkpoint.Save(folder.Path, step, run.Model, run.Optimizer, run.Generator.State, keep: 2);
        Assert.Equal(["step-00000004", "step-00000005"], Names(folder.Path));
        Checkpoint.Prune(folder.Path, 1);
        Assert.Equal(["step-00000005"], Names(folder.Path));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Checkpoint.Prune(folder.Path, 0));
    }

    [Fact]
    public void What_a_killed_process_left_is_ignored_and_then_removed()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("sgd", 1);
        _ = Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State);
        string half = Directory.CreateDirectory(folder.File(".step-00000002.kappa-tmp")).FullName;
        File.WriteAllText(Path.Combine(half, "model.safetensors"), "half");
        _ = Directory.CreateDirectory(folder.File("step-2"));
        _ = Directory.CreateDirectory(folder.File("step-best"));
        Assert.Equal(1, Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer)!.Step);
        _ = Checkpoint.Save(folder.Path, 2, run.Model, run.Optimizer, run.Generator.State);
        Assert.Equal(["step-00000001", "step-00000002", "step-2", "step-best"], Names(folder.Path));
    }

    [Fact]
    public void A_checkpoint_of_the_same_step_is_replaced_and_one_cut_short_in_between_is_put_back()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("sgd", 1);
        _ = Checkpoint.Save(folder.Path, 3, run.Model, run.Optimizer, run.Generator.State);
        run.Train(1);
        var values = run.Values();
        string path = Checkpoint.Save(folder.Path, 3, run.Model, run.Optimizer, run.Generator.State);
        Assert.Equal(["step-00000003"], Names(folder.Path));
        // Killed after the old one was moved aside and before the new one was in place.
        Directory.Move(path, folder.File(".step-00000003.kappa-replaced"));
        run.Train(1);
        Assert.Equal(3, Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer)!.Step);
        Assert.Equal(values, run.Values());
        Assert.Equal(["step-00000003"], Names(folder.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(900)]
    [InlineData(1500)]
    public void A_disk_that_fills_up_leaves_the_earlier_checkpoint_intact(int capacity)
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("adamw", 1);
        run.Train(1);
        string path = Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State);
        var values = run.Values();
        run.Train(1);
        int left = capacity;
        foreach (long step in (long[])[2, 1])
        {
            var error = Assert.Throws<IOException>(() => Checkpoint.Save(
                folder.Path, step, run.Model, run.Optimizer, run.Generator.State, null, null, file =>
                new FillingStream(file, () => left, used => left -= used)));
            Assert.StartsWith(
                $"{Path.Combine(folder.Path, $"step-{step:D8}")}: the checkpoint could not be written: No space left on device. The latest one, {path}, is "
                + "intact. Free some space", error.Message);
            Assert.Equal(["step-00000001"], Names(folder.Path));
        }

        Assert.Equal(1, Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer)!.Step);
        Assert.Equal(values, run.Values());
    }

    [SkippableFact]
    public void A_real_full_disk_leaves_the_earlier_checkpoint_intact()
    {
        using var folder = new TemporaryFolder();
        Skip.IfNot(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", folder.Path), "cannot mount a tmpfs here");
        try
        {
            var small = new SmallRun("adamw", 1);
            small.Train(1);
            string path = Checkpoint.Save(folder.Path, 1, small.Model, small.Optimizer, small.Generator.State);
            var large = new Linear(100, 200);
            var error = Assert.Throws<IOException>(() => Checkpoint.Save(folder.Path, 2, large, new AdamW(large.Parameters()), small.Generator.State));
            Assert.Contains("No space left on device", error.Message);
            Assert.Contains(path, error.Message);
            Assert.Equal(["step-00000001"], Names(folder.Path));
            Assert.Equal(1, Checkpoint.LoadLatest(folder.Path, small.Model, small.Optimizer)!.Step);
        }
        finally
        {
            Assert.True(Run("umount", folder.Path));
        }
    }

    [Theory]
    [InlineData("model.safetensors", "truncate", "expected ")]
    [InlineData("model.safetensors", "flip", "SHA-256")]
    [InlineData("model.safetensors", "delete", "it is missing")]
    [InlineData("optimizer.safetensors", "truncate", "expected ")]
    [InlineData("optimizer.safetensors", "flip", "SHA-256")]
    [InlineData("optimizer.safetensors", "delete", "it is missing")]
    [InlineData("state.json", "truncate", "its bytes are not those that were written")]
    [InlineData("state.json", "flip", "its bytes are not those that were written")]
    [InlineData("state.json", "unseal", "expected its SHA-256 as its first field")]
    [InlineData("state.json", "delete", "it is missing")]
    [InlineData("state.json", "{}", "expected the format \"kappa-checkpoint\", got \"\"")]
    [InlineData("state.json", "version", "expected version 2 of the format, got 9")]
    public void A_damaged_checkpoint_names_the_file_and_the_one_to_fall_back_to(string file, string damage, string expected)
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("adamw", 1);
        run.Train(1);
        string earlier = Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State);
        string latest = Checkpoint.Save(folder.Path, 2, run.Model, run.Optimizer, run.Generator.State);
        string path = Path.Combine(latest, file);
        Damage(path, damage);
        run.Train(1);
        var before = run.Values();
        long count = run.Optimizer.StepCount;
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer));
        Assert.StartsWith($"{path}: the checkpoint cannot be read: ", error.Message);
        Assert.Contains(expected, error.Message);
        Assert.EndsWith($"Nothing was loaded. To fall back to {earlier}, delete {latest} and resume", error.Message);
        Assert.Equal(path, error.FilePath);
        Assert.Equal(before, run.Values());
        Assert.Equal(count, run.Optimizer.StepCount);
        Directory.Delete(latest, recursive: true);
        Assert.Equal(1, Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer)!.Step);
    }

    [Fact]
    public void A_damaged_checkpoint_without_an_earlier_one_says_to_start_anew()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("adamw", 1);
        string path = Checkpoint.Save(folder.Path, 2, run.Model, run.Optimizer, run.Generator.State);
        Damage(Path.Combine(path, "state.json"), "delete");
        Assert.EndsWith($"There is no earlier one beside it: delete {path} and start anew",
            Assert.Throws<CheckpointException>(() => Checkpoint.LoadLatest(folder.Path, run.Model, run.Optimizer)).Message);
    }

    [Fact]
    public void A_checkpoint_of_another_model_or_optimizer_changes_neither()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("adamw", 1);
        run.Train(1);
        _ = Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State);
        var other = new SmallRun("sgd-momentum", 2);
        other.Train(2);
        var before = other.Values();
        Assert.Contains("the state is that of AdamW; expected SGD",
            Assert.Throws<ArgumentException>(() => Checkpoint.LoadLatest(folder.Path, other.Model, other.Optimizer)).Message);
        Assert.Equal(before, other.Values());

        var wider = new Sequential(new Linear(3, 5), new Tanh(), new Linear(5, 2));
        var optimizer = new AdamW(wider.Parameters(), 0.125);
        Assert.Contains("2.weight (expected [2, 5] Float32, got [2, 4] Float32)",
            Assert.Throws<StateMismatchException>(() => Checkpoint.LoadLatest(folder.Path, wider, optimizer)).Message);
        Assert.Equal(0.125, optimizer.LearningRate);
        Assert.Equal(0, optimizer.StepCount);
    }

    [Fact]
    public void A_flipped_bit_in_any_byte_of_the_state_is_found()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("sgd", 1);
        string path = Path.Combine(Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State), "state.json");
        byte[] whole = File.ReadAllBytes(path);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= (byte)(1 << (i % 8));
            _ = Assert.Throws<JsonException>(() => CheckpointState.Read(damaged));
        }
    }

    [Fact]
    public void A_state_of_version_1_without_a_hash_is_still_read()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("adamw", 1);
        run.Train(2);
        string path = Path.Combine(Checkpoint.Save(folder.Path, 2, run.Model, run.Optimizer, run.Generator.State), "state.json");
        var json = SealedJson.Open(File.ReadAllBytes(path));
        json["version"] = 1;
        File.WriteAllText(path, json.ToJsonString());
        var other = new SmallRun("adamw", 2);
        Assert.Equal(2, Checkpoint.LoadLatest(folder.Path, other.Model, other.Optimizer)!.Step);
        Assert.Equal(run.Values(), other.Values());
    }

    [Fact]
    public void The_steps_the_folders_and_what_was_added_are_read_without_a_model()
    {
        using var folder = new TemporaryFolder();
        var run = new SmallRun("sgd", 1);
        Assert.Empty(Checkpoint.Steps(Path.Combine(folder.Path, "missing")));
        Assert.Null(Checkpoint.ReadExtra(folder.Path));
        foreach (int step in (int[])[30, 4])
        {
            Assert.Equal(Checkpoint.FolderOf(folder.Path, step),
                Checkpoint.Save(folder.Path, step, run.Model, run.Optimizer, run.Generator.State, JsonDocument.Parse($"[{step}]").RootElement));
        }

        Assert.Equal([4L, 30], Checkpoint.Steps(folder.Path));
        Assert.Equal(30, Checkpoint.ReadExtra(folder.Path)!.Value[0].GetInt32());
        Damage(Path.Combine(Checkpoint.FolderOf(folder.Path, 30), "state.json"), "flip");
        Assert.Contains("delete", Assert.Throws<CheckpointException>(() => Checkpoint.ReadExtra(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovery_ends_what_a_killed_process_began_and_needs_no_folder()
    {
        using var folder = new TemporaryFolder();
        Checkpoint.Recover(Path.Combine(folder.Path, "missing"));
        var run = new SmallRun("sgd", 1);
        string kept = Checkpoint.Save(folder.Path, 1, run.Model, run.Optimizer, run.Generator.State);
        // Killed between the two renames of a replacement, and while another one was written.
        Directory.Move(kept, Path.Combine(folder.Path, ".step-00000001.kappa-replaced"));
        _ = Directory.CreateDirectory(Path.Combine(folder.Path, ".step-00000002.kappa-tmp"));
        Assert.Empty(Checkpoint.Steps(folder.Path));
        Checkpoint.Recover(folder.Path);
        Assert.Equal(["step-00000001"], Names(folder.Path));
        Assert.Equal([1L], Checkpoint.Steps(folder.Path));
    }

    private static string[] Names(string root) =>
        [.. Directory.GetFileSystemEntries(root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static void Damage(string path, string damage)
    {
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "truncate":
                File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
                break;
            case "flip":
                bytes[^3] ^= 0x10;
                File.WriteAllBytes(path, bytes);
                break;
            case "delete":
                File.Delete(path);
                break;
            case "version":
                StateFile.Edit(path, json => json["version"] = 9);
                break;
            case "unseal":
                File.WriteAllText(path, SealedJson.Open(bytes).ToJsonString());
                break;
            default:
                File.WriteAllText(path, damage);
                break;
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
