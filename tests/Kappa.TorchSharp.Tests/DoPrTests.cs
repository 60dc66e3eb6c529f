using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>DoPr in front of an optimizer of TorchSharp, against DoPr on a model of ours with the same weights.</summary>
public sealed class DoPrTests
{
    public DoPrTests() => Libtorch.Require();

    public static TheoryData<string, int, string> Cases()
    {
        var cases = new TheoryData<string, int, string>();
        foreach (string kind in ModelPair.Kinds)
        {
            foreach (string setting in Settings.Keys)
                cases.Add(kind, setting.Length % 2 == 0 ? 40 : 5, setting);
        }

        return cases;
    }

    private static readonly Dictionary<string, DoPrOptions> Settings = new()
    {
        ["plain"] = new DoPrOptions(),
        ["dual"] = new DoPrOptions { Form = PreconditioningForm.Dual },
        ["primal"] = new DoPrOptions { Form = PreconditioningForm.Primal },
        ["bias"] = new DoPrOptions { IncludeBias = true },
        ["bias dual"] = new DoPrOptions { IncludeBias = true, Form = PreconditioningForm.Dual },
        ["average"] = new DoPrOptions { MovingAverage = 0.7 },
        ["refresh"] = new DoPrOptions { RefreshInterval = 2 },
        ["refresh beside"] = new DoPrOptions { RefreshInterval = 2, AsynchronousRefresh = true },
        ["channels"] = new DoPrOptions { Convolutions = ConvolutionStatistics.Channels },
        ["no convolutions"] = new DoPrOptions { Convolutions = ConvolutionStatistics.None },
        ["hardly any damping"] = new DoPrOptions { Gamma = 1e-9 },
        ["first"] = new DoPrOptions { Layers = LayerSelection.First },
        ["all but the first"] = new DoPrOptions { Layers = LayerSelection.AllButFirst },
        ["filter"] = new DoPrOptions { Filter = name => name.EndsWith("last.weight", StringComparison.Ordinal) },
    };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void It_takes_the_steps_that_it_takes_on_our_own_model(string kind, int batch, string setting)
    {
        Run(ModelPair.Make(kind, batch: batch), Settings[setting], setting == "hardly any damping" ? 1e-6 : 1e-9, uses: 1);
        if (setting != "hardly any damping")
            Run(ModelPair.Make(kind, DataType.Float32, batch: batch), Settings[setting], 1e-4, uses: 1);
    }

    [SkippableTheory]
    [InlineData("linear", 40)]
    [InlineData("linear", 3)]
    [InlineData("sequence", 2)]
    [InlineData("convolution", 4)]
    [InlineData("embedding", 4)]
    public void Micro_batches_add_up(string kind, int batch) => Run(ModelPair.Make(kind, batch: batch), new DoPrOptions(), 1e-9, uses: 3);

    [SkippableFact]
    public void A_use_counts_whatever_mode_the_model_is_in_and_not_where_nothing_is_recorded()
    {
        var pair = ModelPair.Make("linear");
        pair.Theirs.eval();
        Run(pair, new DoPrOptions(), 1e-9, uses: 1, beside: () =>
        {
            using var quiet = torch.no_grad();
            pair.Theirs.call(ModelPair.Torch(pair.Inputs(77))).Dispose();
        });
    }

    [SkippableTheory]
    [InlineData(3)]
    [InlineData(40)]
    public void A_forward_pass_without_a_backward_pass_does_not_count(int batch)
    {
        var pair = ModelPair.Make("linear", batch: batch);
        Run(pair, new DoPrOptions(), 1e-9, uses: 1, beside: () => pair.Theirs.call(ModelPair.Torch(pair.Inputs(77))).Dispose());
    }

    [SkippableTheory]
    [InlineData(3)]
    [InlineData(40)]
    public void A_layer_that_is_used_twice_counts_with_both(int batch)
    {
        var pair = ModelPair.Make("linear", batch: batch);
        var twice = new Networks.Layers.Linear(8, 8, type: DataType.Float64);
        var theirs = torch.nn.Linear(8, 8, dtype: torch.float64);
        _ = twice.Initialize(new Randomness.Philox(9));
        using (torch.no_grad())
        {
            _ = theirs.weight.copy_(ModelPair.Torch(twice.Weight));
            _ = theirs.bias!.copy_(ModelPair.Torch(twice.Bias!));
        }

        using var optimizer = new DoPr(torch.optim.SGD(theirs.parameters(), 0.1), theirs);
        using var own = new Preconditioning.DoPr(new SGD(twice.Parameters(), 0.1), twice);
        var x = Tensor.Normal([batch, 8], new Randomness.Philox(1), type: DataType.Float64);
        twice.Forward(twice.Forward(x).Tanh()).Square().Mean().Backward();
        theirs.call(theirs.call(ModelPair.Torch(x)).tanh()).square().mean().backward();
        own.Step();
        optimizer.step();
        DeviceAgreement.RequireClose(twice.Weight.ToArray<double>(), [.. theirs.weight.detach().data<double>()], 1e-9, "the weight");
        Assert.Equal(2 * batch, optimizer.Layers[0].Rows);
    }

    [SkippableTheory]
    [InlineData(3)]
    [InlineData(40)]
    public void Frozen_layers_are_left_out(int batch)
    {
        var pair = ModelPair.Make("linear", batch: batch);
        pair.Theirs.named_parameters().First().parameter.requires_grad = false;
        pair.Ours.Parameters()[0].Tensor.RequiresGradient = false;
        Run(pair, new DoPrOptions(), 1e-9, uses: 1);
    }

    [SkippableTheory]
    [InlineData("linear", 3)]
    [InlineData("linear", 40)]
    [InlineData("convolution", 3)]
    public void A_gradient_that_is_clipped_between_is_preconditioned_as_it_is(string kind, int batch)
    {
        var pair = ModelPair.Make(kind, batch: batch);
        using var optimizer = new DoPr(torch.optim.SGD(pair.Theirs.parameters(), 0.1), pair.Theirs);
        using var own = new Preconditioning.DoPr(new SGD(pair.Ours.Parameters(), 0.1 * 0.25), pair.Ours);
        pair.OurLoss(3).Backward();
        own.Step();
        pair.TheirLoss(3).backward();
        foreach (var parameter in pair.Theirs.parameters())
            _ = parameter.grad!.mul_(0.25);
        optimizer.step();
        pair.RequireSame(1e-9);
        Assert.All(optimizer.Layers.Take(1), layer => Assert.True(layer.Form == PreconditioningForm.Primal || batch == 3, layer.ToString()));
    }

    [SkippableTheory]
    [InlineData(3)]
    [InlineData(40)]
    public void A_share_of_the_gradient_that_came_from_elsewhere_is_preconditioned_too(int batch)
    {
        var pair = ModelPair.Make("linear", batch: batch);
        using var optimizer = new DoPr(torch.optim.SGD(pair.Theirs.parameters(), 0.1), pair.Theirs);
        using var own = new Preconditioning.DoPr(new SGD(pair.Ours.Parameters(), 0.1), pair.Ours);
        (pair.OurLoss(3) + pair.Ours.Parameters().Select(parameter => parameter.Tensor.Square().Sum() * 1e-3).Aggregate((a, b) => a + b)).Backward();
        own.Step();
        (pair.TheirLoss(3) + pair.Theirs.parameters().Select(parameter => parameter.square().sum() * 1e-3).Aggregate((a, b) => a + b)).backward();
        optimizer.step();
        pair.RequireSame(1e-9);
    }

    [SkippableFact]
    public void An_input_that_is_filled_anew_before_the_step_is_an_error()
    {
        var pair = ModelPair.Make("linear", batch: 3);
        using var optimizer = new DoPr(torch.optim.SGD(pair.Theirs.parameters(), 0.1), pair.Theirs);
        var x = ModelPair.Torch(pair.Inputs(1));
        pair.Theirs.call(x).square().sum().backward();
        _ = x.add_(1);
        Assert.Contains("has changed", Assert.Throws<InvalidOperationException>(() => optimizer.step()).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(1, 2, 1, 1, 0, 2)]
    [InlineData(2, 1, 1, 2, 1, 1)]
    [InlineData(1, 1, 1, 1, 1, 4)]
    [InlineData(1, 2, 2, 1, 2, 2)]
    public void A_convolution_of_any_geometry_is_a_linear_layer_on_its_patches(
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, int padding, int groups)
    {
        var layer = torch.nn.Conv2d(
            4, 8, kernel_size: (3, 2), stride: (strideHeight, strideWidth), padding: (padding, 1), dilation: (dilationHeight, dilationWidth), groups: groups,
            dtype: torch.float64);
        using var optimizer = new DoPr(torch.optim.SGD(layer.parameters(), 1.0), layer);
        var x = torch.randn(3, 4, 9, 8, dtype: torch.float64);
        var before = layer.weight.detach().clone();
        layer.call(x).square().sum().backward();
        var gradient = layer.weight.grad!.clone();
        optimizer.step();
        var patches = torch.nn.functional.unfold(
            x, (3, 2), dilation: (dilationHeight, dilationWidth), padding: (padding, 1), stride: (strideHeight, strideWidth));
        int rows = 8 / groups;
        for (int group = 0; group < groups; group++)
        {
            long length = 4 / groups * 6;
            var z = patches.narrow(1, group * length, length).transpose(1, 2).reshape(-1, length);
            var moment = z.t().mm(z) / z.shape[0];
            var damped = moment + ((0.1 * moment.trace() / length) + 1e-8) * torch.eye(length, dtype: torch.float64);
            var expected = torch.linalg.solve(damped, gradient.narrow(0, group * rows, rows).reshape(rows, length).t()).t();
            var actual = (before - layer.weight.detach()).narrow(0, group * rows, rows).reshape(rows, length);
            DeviceAgreement.RequireClose([.. expected.contiguous().data<double>()], [.. actual.contiguous().data<double>()], 1e-9, $"group {group}");
        }
    }

    [SkippableTheory]
    [InlineData(PaddingModes.Reflect)]
    [InlineData(PaddingModes.Circular)]
    [InlineData(PaddingModes.Replicate)]
    public void Other_paddings_count_what_the_layer_reads(PaddingModes mode)
    {
        var (padded, plain) = (torch.nn.Conv2d(2, 3, 3, padding: 1, padding_mode: mode, dtype: torch.float64), torch.nn.Conv2d(2, 3, 3, dtype: torch.float64));
        RequireSameStep(padded, plain, x => torch.nn.functional.pad(x, (1, 1, 1, 1), mode));
    }

    [SkippableFact]
    public void Same_padding_counts_what_the_layer_reads()
    {
        var (padded, plain) = (torch.nn.Conv2d(2, 3, 4, padding: Padding.Same, dtype: torch.float64), torch.nn.Conv2d(2, 3, 4, dtype: torch.float64));
        RequireSameStep(padded, plain, x => torch.nn.functional.pad(x, (1, 2, 1, 2)));
    }

    [SkippableFact]
    public void A_tied_weight_is_left_as_it_is_and_said()
    {
        var table = torch.nn.Embedding(5, 4);
        var head = torch.nn.Linear(4, 5, hasBias: false);
        head.weight = table.weight!;
        var model = torch.nn.Sequential(("table", table), ("middle", torch.nn.Linear(4, 4)), ("head", head));
        var said = new List<string>();
        using var optimizer = new DoPr(torch.optim.SGD(model.parameters(), 0.1), model, new DoPrOptions { OnWarning = said.Add });
        Assert.Equal(["middle.weight"], optimizer.Layers.Select(layer => layer.Name));
        Assert.Contains("table.weight = head.weight", Assert.Single(said), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void What_it_cannot_do_is_said()
    {
        Assert.Throws<ArgumentException>(() => new DoPr(torch.optim.SGD(torch.nn.Linear(2, 2).parameters(), 0.1), torch.nn.ReLU()));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var model = torch.nn.Linear(2, 2);
            return new DoPr(torch.optim.SGD(model.parameters(), 0.1), model, new DoPrOptions { Gamma = double.NaN });
        });
        var layer = torch.nn.Linear(6, 2);
        using var optimizer = new DoPr(torch.optim.SGD(layer.parameters(), 0.1), layer);
        layer.forward(torch.ones(3, 6)).sum().backward();
        Assert.Contains("call(x)", Assert.Throws<InvalidOperationException>(() => optimizer.step()).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void After_it_is_disposed_the_optimizer_inside_is_alone()
    {
        var (pair, other) = (ModelPair.Make("linear"), ModelPair.Make("linear"));
        var inner = torch.optim.SGD(pair.Theirs.parameters(), 0.1);
        new DoPr(inner, pair.Theirs).Dispose();
        var plain = torch.optim.SGD(other.Theirs.parameters(), 0.1);
        pair.TheirLoss(1).backward();
        other.TheirLoss(1).backward();
        inner.step();
        plain.step();
        foreach (var (a, b) in pair.Theirs.parameters().Zip(other.Theirs.parameters()))
            Assert.True(a.equal(b).all().item<bool>());
    }

    [SkippableTheory]
    [InlineData(0, 1)]
    [InlineData(0.5, 1)]
    [InlineData(0, 3)]
    public void A_state_resumes_to_the_same_bits(double average, int interval)
    {
        var options = new DoPrOptions { MovingAverage = average, RefreshInterval = interval };
        var (whole, resumed) = (ModelPair.Make("linear"), ModelPair.Make("linear"));
        using var first = new DoPr(torch.optim.AdamW(whole.Theirs.parameters()), whole.Theirs, options);
        Train(whole, first, 0, 4);
        using var stream = new MemoryStream();
        first.save_state_dict(new BinaryWriter(stream));
        using var second = new DoPr(torch.optim.AdamW(resumed.Theirs.parameters()), resumed.Theirs, options);
        using (torch.no_grad())
        {
            foreach (var (a, b) in whole.Theirs.parameters().Zip(resumed.Theirs.parameters()))
                _ = b.copy_(a);
        }

        stream.Position = 0;
        second.load_state_dict(new BinaryReader(stream));
        Assert.True(first.state_dict().State[^1].ApproximatelyEquals(second.state_dict().State[^1]));
        Train(whole, first, 4, 3);
        Train(resumed, second, 4, 3);
        foreach (var (a, b) in whole.Theirs.parameters().Zip(resumed.Theirs.parameters()))
            Assert.True(a.equal(b).all().item<bool>());
    }

    [SkippableFact]
    public void Schedulers_and_closures_reach_the_optimizer_inside()
    {
        var (pair, other) = (ModelPair.Make("linear"), ModelPair.Make("linear"));
        using var one = new DoPr(torch.optim.SGD(pair.Theirs.parameters(), 0.1), pair.Theirs);
        using var two = new DoPr(torch.optim.SGD(other.Theirs.parameters(), 0.05), other.Theirs);
        var schedule = torch.optim.lr_scheduler.StepLR(one, 1, 0.5);
        schedule.step();
        Assert.Equal(0.05, one.ParamGroups.Single().LearningRate, 12);
        pair.TheirLoss(1).backward();
        _ = one.step();
        using var loss = two.step(() =>
        {
            two.zero_grad();
            var value = other.TheirLoss(1);
            value.backward();
            return value;
        });
        Assert.NotNull(loss);
        foreach (var (a, b) in pair.Theirs.parameters().Zip(other.Theirs.parameters()))
            Assert.True(a.allclose(b, 1e-14, 1e-14));
    }

    [SkippableTheory]
    [InlineData("linear", 16)]
    [InlineData("convolution", 4)]
    [InlineData("embedding", 4)]
    public void Memory_stays_flat(string kind, int batch)
    {
        var pair = ModelPair.Make(kind, batch: batch);
        using var optimizer = new DoPr(torch.optim.AdamW(pair.Theirs.parameters()), pair.Theirs);
        Flat.Require(() =>
        {
            using var scope = torch.NewDisposeScope();
            using var own = TensorScope.Begin();
            optimizer.zero_grad();
            pair.TheirLoss(1).backward();
            _ = optimizer.step();
        });
    }

    private static void Train(ModelPair pair, DoPr optimizer, int from, int steps)
    {
        for (int step = from; step < from + steps; step++)
        {
            optimizer.zero_grad();
            pair.TheirLoss((ulong)step).backward();
            _ = optimizer.step();
        }
    }

    private static void Run(ModelPair pair, DoPrOptions options, double tolerance, int uses, Action? beside = null)
    {
        if (pair.Ours.Modules().All(entry => entry.Module is not Networks.Layers.Conv2d) && options.Convolutions != ConvolutionStatistics.Patches)
            options = new DoPrOptions();
        using var optimizer = new DoPr(torch.optim.SGD(pair.Theirs.parameters(), 0.1), pair.Theirs, options);
        using var own = new Preconditioning.DoPr(new SGD(pair.Ours.Parameters(), 0.1), pair.Ours, options);
        for (int step = 0; step < 4; step++)
        {
            for (int use = 0; use < uses; use++)
            {
                ulong seed = (ulong)((10 * step) + use);
                pair.OurLoss(seed).Backward();
                using var loss = pair.TheirLoss(seed);
                beside?.Invoke();
                loss.backward();
            }

            own.Step();
            own.ZeroGrad();
            _ = optimizer.step();
            optimizer.zero_grad();
        }

        pair.RequireSame(tolerance);
        foreach (var (ours, theirs) in own.Layers.Zip(optimizer.Layers))
        {
            Assert.Equal((ours.Name, ours.Rows, ours.Form), (theirs.Name, theirs.Rows, theirs.Form));
            Assert.Equal(ours.Damping, theirs.Damping, ours.Damping * 1e-4);
        }
    }

    /// <summary>A layer that pads takes the step of one that is given padded pictures.</summary>
    private static void RequireSameStep(global::TorchSharp.Modules.Conv2d padded, global::TorchSharp.Modules.Conv2d plain, Func<torch.Tensor, torch.Tensor> pad)
    {
        using (torch.no_grad())
        {
            _ = plain.weight.copy_(padded.weight);
            _ = plain.bias!.copy_(padded.bias!);
        }

        using var one = new DoPr(torch.optim.SGD(padded.parameters(), 1.0), padded);
        using var other = new DoPr(torch.optim.SGD(plain.parameters(), 1.0), plain);
        var x = torch.randn(3, 2, 5, 5, dtype: torch.float64);
        padded.call(x).square().sum().backward();
        plain.call(pad(x)).square().sum().backward();
        one.step();
        other.step();
        DeviceAgreement.RequireClose([.. plain.weight.detach().data<double>()], [.. padded.weight.detach().data<double>()], 1e-10, "the weight");
    }
}
