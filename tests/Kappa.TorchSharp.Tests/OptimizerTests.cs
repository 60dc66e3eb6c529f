using Kappa.Isometry;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tensors;
using TorchSharp;
using TorchSharp.Modules;

namespace Kappa.TorchSharp.Tests;

/// <summary>Optimizers of Kappa's on a TorchSharp model, against the same on a model of ours with the same weights.</summary>
public sealed class OptimizerTests
{
    private const double Rate = 0.01;

    private static readonly Dictionary<string, (Func<Sequential, OptimizerHelper> Theirs, Func<Networks.Sequential, Optimizers.Optimizer> Ours)> Pairs = new()
    {
        ["AdamO"] = (model => new AdamO(model.named_parameters(), Rate), model => new Isometry.AdamO(model.Parameters(), Rate)),
        ["AdamO, output and strength"] = (
            model => new AdamO(model.named_parameters(), Rate, new IsometryOptions { IncludeOutput = true, Strength = 0.3 }),
            model => new Isometry.AdamO(model.Parameters(), Rate, new IsometryOptions { IncludeOutput = true, Strength = 0.3 })),
        ["MuonO"] = (
            model => new MuonO(model.named_parameters(), Rate, options: All), model => new Isometry.MuonO(model.Parameters(), Rate, options: All)),
        ["Muon"] = (model => new Muon(model.named_parameters(), Rate, All), model => new Optimizers.Muon(model.Parameters(), Rate, All)),
        ["AdaMuon"] = (
            model => new AdaMuon(model.named_parameters(), Rate, AllToo), model => new Optimizers.AdaMuon(model.Parameters(), Rate, AllToo)),
        ["L2-init"] = Both(parameters => new L2Init(new Optimizers.AdamW(parameters), 0.1)),
        ["L2"] = Both(parameters => new L2(new Optimizers.AdamW(parameters), 0.1)),
        ["spectral regularization"] = Both(parameters => new SpectralRegularization(new Optimizers.AdamW(parameters), new Philox(3))),
        ["SGD, clipped"] = Both(parameters => new Optimizers.SGD(parameters, Rate, momentum: 0.9) { MaxGradientNorm = 0.1 }),
        ["Signum"] = Both(parameters => new Signum(parameters)),
        ["DoPr-AdamO"] = Watching((parameters, model) => new Preconditioning.DoPr(new Isometry.AdamO(parameters), model)),
        ["DoPr-Muon"] = Watching((parameters, model) => new Preconditioning.DoPr(new Optimizers.Muon(parameters, options: All), model)),
        ["ReDo"] = Watching((parameters, model) => new ReDo(
            new Optimizers.AdamW(parameters), model, new Philox(5), new ReDoOptions { Interval = 2, Threshold = 0.5 })),
        ["continual backpropagation"] = Watching((parameters, model) => new ContinualBackpropagation(
            new Optimizers.AdamW(parameters), model, new Philox(5), new ContinualBackpropagationOptions { Maturity = 1, ReplacementRate = 0.2 })),
    };

    public OptimizerTests() => Libtorch.Require();

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string name in Pairs.Keys)
        {
            cases.Add(name, "linear");
            if (name is not "ReDo" and not "continual backpropagation")
                cases.Add(name, "convolution");
        }

        return cases;
    }

    private static MuonOptions All => new() { Matrices = MuonMatrices.All };

    private static AdaMuonOptions AllToo => new() { Matrices = MuonMatrices.All };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Each_takes_the_steps_that_it_takes_on_our_own_model(string name, string kind)
    {
        Run(ModelPair.Make(kind), name, 1e-8);
        Run(ModelPair.Make(kind, DataType.Float32), name, name == "Signum" ? 1e-1 : 2e-3);
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Its_state_resumes_to_the_same_bits(string name, string kind)
    {
        var (whole, resumed) = (ModelPair.Make(kind), ModelPair.Make(kind));
        using var first = Pairs[name].Theirs(whole.Theirs);
        using var second = Pairs[name].Theirs(resumed.Theirs);
        Train(whole, first, 0, 5);
        using var stream = new MemoryStream();
        first.save_state_dict(new BinaryWriter(stream));
        Copy(whole, resumed);
        stream.Position = 0;
        second.load_state_dict(new BinaryReader(stream));
        Train(whole, first, 5, 4);
        Train(resumed, second, 5, 4);
        RequireSameBits(whole, resumed);

        using var third = Pairs[name].Theirs(resumed.Theirs);
        third.load_state_dict(first.state_dict());
        Train(whole, first, 9, 3);
        Train(resumed, third, 9, 3);
        RequireSameBits(whole, resumed);
    }

    [SkippableFact]
    public void The_values_stay_where_they_are()
    {
        var pair = ModelPair.Make("linear");
        var weight = pair.Theirs.parameters().First();
        var seen = weight.detach();
        using var optimizer = new AdamO(pair.Theirs.parameters(), Rate);
        var before = seen.clone();
        Train(pair, optimizer, 0, 1);
        Assert.False(seen.equal(before).all().item<bool>());
        Assert.True(seen.equal(pair.Theirs.parameters().First()).all().item<bool>());
    }

    [SkippableFact]
    public void A_scheduler_of_TorchSharp_sets_the_rate()
    {
        var (scheduled, plain) = (ModelPair.Make("linear"), ModelPair.Make("linear"));
        using var one = new AdamO(scheduled.Theirs.parameters(), 0.1);
        using var two = new AdamO(plain.Theirs.parameters(), 0.1);
        var schedule = torch.optim.lr_scheduler.ExponentialLR(one, 0.5);
        for (int step = 0; step < 4; step++)
        {
            Train(scheduled, one, step, 1);
            schedule.step();
            Train(plain, two, step, 1);
            foreach (var group in two.ParamGroups)
                group.LearningRate *= 0.5;
        }

        Assert.Equal(0.1 / 16, one.ParamGroups.Single().LearningRate, 12);
        RequireSameBits(scheduled, plain);
    }

    [SkippableFact]
    public void Groups_have_rates_and_decays_of_their_own()
    {
        var pair = ModelPair.Make("linear");
        using var theirs = new KappaOptimizer(
            [
                new KappaGroup(pair.Theirs.named_parameters().Where(entry => entry.name.StartsWith("first", StringComparison.Ordinal)), 0.02),
                new KappaGroup(pair.Theirs.named_parameters().Where(entry => entry.name.StartsWith("last", StringComparison.Ordinal)), weight_decay: 0.3),
            ], Rate, groups => new Optimizers.AdamW(groups));
        var parameters = pair.Ours.Parameters();
        var ours = new Optimizers.AdamW(
            [
                new ParameterGroup([.. parameters.Take(2)]) { LearningRateScale = 2 }, new ParameterGroup([.. parameters.Skip(2)]) { WeightDecay = 0.3 },
            ], Rate);
        for (int step = 0; step < 4; step++)
            Both(pair, theirs, ours, (ulong)step);
        pair.RequireSame(1e-9);
    }

    [SkippableFact]
    public void A_frozen_parameter_and_one_without_a_gradient_stay_as_they_are()
    {
        var pair = ModelPair.Make("linear");
        var (name, frozen) = pair.Theirs.named_parameters().First();
        frozen.requires_grad = false;
        var before = frozen.detach().clone();
        using var optimizer = new AdamO(pair.Theirs.named_parameters(), 0.1, new IsometryOptions { IncludeOutput = true });
        Train(pair, optimizer, 0, 2);
        Assert.True(frozen.equal(before).all().item<bool>(), name);
    }

    [SkippableFact]
    public void A_closure_computes_the_gradients()
    {
        var (closed, plain) = (ModelPair.Make("linear"), ModelPair.Make("linear"));
        using var one = new AdamO(closed.Theirs.parameters(), Rate);
        using var two = new AdamO(plain.Theirs.parameters(), Rate);
        using var loss = one.step(() =>
        {
            one.zero_grad();
            var value = closed.TheirLoss(0);
            value.backward();
            return value;
        });
        Train(plain, two, 0, 1);
        Assert.True(loss!.item<double>() > 0);
        RequireSameBits(closed, plain);
    }

    [SkippableFact]
    public void A_gradient_that_is_not_finite_is_named_and_nothing_is_changed()
    {
        var (pair, before) = (ModelPair.Make("linear"), ModelPair.Make("linear"));
        using var optimizer = new AdamO(pair.Theirs.named_parameters(), Rate);
        pair.TheirLoss(0).backward();
        _ = pair.Theirs.parameters().Last().grad!.fill_(double.NaN);
        Assert.Contains("last.bias", Assert.Throws<NonFiniteException>(() => optimizer.step()).Message, StringComparison.Ordinal);
        RequireSameBits(pair, before);
    }

    [SkippableFact]
    public void What_it_does_not_take_is_said()
    {
        var pair = ModelPair.Make("linear");
        Assert.Throws<ArgumentException>(() => new AdamO(Array.Empty<Parameter>()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamO(pair.Theirs.parameters(), double.NaN));
        Assert.Contains("one parameter", Assert.Throws<ArgumentException>(
            () => new AdamO(pair.Theirs.parameters().Concat(pair.Theirs.parameters()))).Message, StringComparison.Ordinal);
        using var optimizer = new AdamO(pair.Theirs.parameters());
        Assert.Throws<NotSupportedException>(() => optimizer.add_param_group(new KappaGroup(pair.Theirs.parameters())));
        Assert.Throws<InvalidOperationException>(() => optimizer.step());
        using var muon = new Muon(pair.Theirs.parameters(), options: All);
        using var stream = new MemoryStream();
        muon.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => optimizer.load_state_dict(new BinaryReader(stream)));
        Assert.Throws<ArgumentException>(() => optimizer.load_state_dict(muon.state_dict()));
        var convolution = torch.nn.Sequential(torch.nn.Conv2d(2, 2, (1, 3)), torch.nn.Flatten(), torch.nn.Linear(8, 2));
        Assert.Throws<NotSupportedException>(() => new KappaOptimizer(
            convolution, 0.1, (parameters, own) => new ReDo(new Optimizers.AdamW(parameters), own, new Philox(1), new ReDoOptions { InputShape = [2, 2, 4] })));
    }

    [SkippableTheory]
    [InlineData("AdamO")]
    [InlineData("DoPr-AdamO")]
    [InlineData("MuonO")]
    public void Memory_stays_flat(string name)
    {
        var pair = ModelPair.Make("linear");
        using var optimizer = Pairs[name].Theirs(pair.Theirs);
        Flat.Require(() =>
        {
            using var scope = torch.NewDisposeScope();
            using var own = TensorScope.Begin();
            Train(pair, optimizer, 0, 1);
        });
    }

    private static (Func<Sequential, OptimizerHelper> Theirs, Func<Networks.Sequential, Optimizers.Optimizer> Ours) Both(
        Func<IReadOnlyList<Networks.Parameter>, Optimizers.Optimizer> make) =>
        (model => new KappaOptimizer(model.named_parameters(), Rate, make), model =>
        {
            var optimizer = make(model.Parameters());
            optimizer.LearningRate = Rate;
            return optimizer;
        });

    private static (Func<Sequential, OptimizerHelper> Theirs, Func<Networks.Sequential, Optimizers.Optimizer> Ours) Watching(
        Func<IReadOnlyList<Networks.Parameter>, Networks.Module, Optimizers.Optimizer> make) =>
        (model => new KappaOptimizer(model, Rate, make), model =>
        {
            var optimizer = make(model.Parameters(), model);
            optimizer.LearningRate = Rate;
            return optimizer;
        });

    private static void Run(ModelPair pair, string name, double tolerance)
    {
        using var theirs = Pairs[name].Theirs(pair.Theirs);
        var ours = Pairs[name].Ours(pair.Ours);
        for (int step = 0; step < 5; step++)
            Both(pair, theirs, ours, (ulong)step);
        pair.RequireSame(tolerance);
        (ours as IDisposable)?.Dispose();
    }

    private static void Both(ModelPair pair, OptimizerHelper theirs, Optimizers.Optimizer ours, ulong seed)
    {
        pair.OurLoss(seed).Backward();
        ours.Step();
        ours.ZeroGrad();
        theirs.zero_grad();
        pair.TheirLoss(seed).backward();
        _ = theirs.step();
    }

    private static void Train(ModelPair pair, OptimizerHelper optimizer, int from, int steps)
    {
        for (int step = from; step < from + steps; step++)
        {
            optimizer.zero_grad();
            pair.TheirLoss((ulong)step).backward();
            _ = optimizer.step();
        }
    }

    private static void Copy(ModelPair from, ModelPair to)
    {
        using var quiet = torch.no_grad();
        foreach (var (a, b) in from.Theirs.parameters().Zip(to.Theirs.parameters()))
            _ = b.copy_(a);
    }

    private static void RequireSameBits(ModelPair one, ModelPair other)
    {
        foreach (var (a, b) in one.Theirs.named_parameters().Zip(other.Theirs.named_parameters()))
            Assert.True(a.parameter.equal(b.parameter).all().item<bool>(), a.name);
    }
}
