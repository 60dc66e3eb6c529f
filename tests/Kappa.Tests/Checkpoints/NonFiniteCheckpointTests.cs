using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Checkpoints;

/// <summary>A checkpoint that nothing can go on from is neither written nor read.</summary>
public sealed class NonFiniteCheckpointTests
{
    public static TheoryData<string, double, bool> Faults
    {
        get
        {
            var faults = new TheoryData<string, double, bool>();
            foreach (double value in new[] { double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            {
                faults.Add("0.weight", value, true);
                faults.Add("0.bias", value, true);
                // A buffer may hold infinities, and so may what an optimizer remembers; neither may hold NaN.
                faults.Add("1.running_var", value, double.IsNaN(value));
                faults.Add("optimizer", value, double.IsNaN(value));
            }

            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_not_finite_is_named_and_not_written(string tensor, double value, bool isRefused)
    {
        using var folder = new TemporaryFolder();
        var (model, optimizer) = Run();
        string good = Checkpoint.Save(folder.Path, 1, model, optimizer, new Philox(0).State);
        string name = Spoil(model, optimizer, tensor, value);
        var error = Record.Exception(() => Checkpoint.Save(folder.Path, 2, model, optimizer, new Philox(0).State, keep: 1));
        if (!isRefused)
        {
            Assert.Null(error);
            return;
        }

        Assert.Contains($"{name} [", Assert.IsType<NonFiniteException>(error).Message, StringComparison.Ordinal);
        Assert.Contains($"holds {value} at index [", error.Message, StringComparison.Ordinal);
        Assert.Contains(good, error.Message, StringComparison.Ordinal);
        Assert.Equal([good], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_not_finite_in_a_file_is_named_and_nothing_is_loaded(string tensor, double value, bool isRefused)
    {
        using var folder = new TemporaryFolder();
        var (model, optimizer) = Run();
        string path = Checkpoint.Save(folder.Path, 1, model, optimizer, new Philox(0).State);
        string name = Spoil(model, optimizer, tensor, value);
        bool ofOptimizer = tensor == "optimizer";
        Replace(path, ofOptimizer ? "optimizer.safetensors" : "model.safetensors", ofOptimizer ? optimizer.State().Tensors : model.StateDict());
        var (fresh, freshOptimizer) = Run();
        float[] before = fresh.StateDict()["0.weight"].ToArray<float>();
        var error = Record.Exception(() => Checkpoint.LoadLatest(folder.Path, fresh, freshOptimizer));
        if (!isRefused)
        {
            Assert.Null(error);
            return;
        }

        Assert.Contains($"{name} [", Assert.IsType<CheckpointException>(error).Message, StringComparison.Ordinal);
        Assert.Contains($"holds {value} at index [", error.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was loaded", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, fresh.StateDict()["0.weight"].ToArray<float>());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Running_statistics_never_take_what_is_not_finite(double value)
    {
        var (model, _) = Run();
        float[] before = model.StateDict()["1.running_var"].ToArray<float>();
        var x = Tensor.Ones([4, 2]);
        x.Values<float>()[5] = (float)value;
        model.StateDict()["0.weight"].Values<float>().Fill(1);
        var error = Assert.Throws<NonFiniteException>(() => model.Forward(x));
        Assert.Contains("BatchNorm1d: the batch ", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.StateDict()["1.running_var"].ToArray<float>());
        Assert.All(model.StateDict()["1.running_mean"].ToArray<float>(), mean => Assert.True(float.IsFinite(mean)));
    }

    [Fact]
    public void A_variance_beyond_the_type_trains_and_is_said_in_evaluation()
    {
        var (model, _) = Run();
        var x = Tensor.Ones([4, 2]);
        x.Values<float>()[5] = 1e30f;
        model.StateDict()["0.weight"].Values<float>().Fill(1);
        // The outputs are in range, and right: three rows alike and one apart.
        Assert.Equal(-1, model.Forward(x).FirstNonFinite());
        model.Eval();
        var error = Assert.Throws<NonFiniteException>(() => model.Forward(x));
        Assert.Contains("running_var of channel 0 is infinite", error.Message, StringComparison.Ordinal);
    }

    private static (Module Model, Optimizer Optimizer) Run()
    {
        var model = new Sequential(new Linear(2, 3), new BatchNorm1d(3), new Linear(3, 1)).Initialize(new Philox(1));
        var optimizer = new AdamW(model.Parameters());
        model.Forward(Tensor.Normal([4, 2], new Philox(2))).Sum().Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
        return (model, optimizer);
    }

    private static string Spoil(Module model, Optimizer optimizer, string tensor, double value)
    {
        var all = tensor == "optimizer" ? optimizer.State().Tensors : model.StateDict();
        string name = tensor == "optimizer" ? all.Names.First() : tensor;
        all[name].Values<float>()[1] = (float)value;
        return name;
    }

    /// <summary>Another file in the place of one of a checkpoint, with the size and the hash that the checkpoint says.</summary>
    private static void Replace(string checkpoint, string file, StateDict contents)
    {
        string path = Path.Combine(checkpoint, file), state = Path.Combine(checkpoint, "state.json");
        contents.Save(path);
        byte[] bytes = File.ReadAllBytes(path);
        var part = new JsonObject { ["bytes"] = bytes.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
        StateFile.Edit(state, json => json["files"]![file] = part);
    }
}
