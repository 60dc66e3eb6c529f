using Kappa.Isometry;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers.Range;

/// <summary>Optimizers over gradients of every scale: those that look at the direction alone make the same steps, the others those of their formula in exact
/// arithmetic.</summary>
public sealed class GradientScaleTests
{
    private static readonly double[] Scales = [1e-30, 1e-25, 1e-15, 1e-8, 1e-7, 1e-3, 1e3, 1e7, 1e15, 1e19, 1e25, 1e30];

    private static readonly string[] ByDirection =
        ["signum", "muon", "muon-plain", "muon-momentum", "muon-moonshot", "muon-polar-express", "muon-wide", "muon-tall", "adamuon", "adamuon-polar-express",
            "muono", "dopr-muon", "dopr-muon-polar-express", "dopr-signum"];

    public static TheoryData<string, double, DataType> DirectionCases => Cases(ByDirection);

    public static TheoryData<string, double, DataType> FormulaCases => Cases(
        ["sgd", "sgd-momentum", "sgd-nesterov", "adamw-1E-08", "adamw-1E-12", "adamw-1E-15", "adamw-1E-30", "adamw-1.2E-38", "muon-others", "adamuon-others",
        "isometry-adamw", "l2-adamw"]);

    [Theory]
    [MemberData(nameof(DirectionCases))]
    public void The_step_does_not_depend_on_the_scale_of_the_gradient(string name, double scale, DataType type)
    {
        double[] expected = Train(name, 1, type), actual = Train(name, scale, type);
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], (type == DataType.Float32 ? 3e-5 : 1e-11) * largest);
        Assert.True(largest > 1e-3);
    }

    [Theory]
    [MemberData(nameof(FormulaCases))]
    public void The_step_is_that_of_the_formula(string name, double scale, DataType type)
    {
        // From weights of zero, so that no step is too small to be seen.
        var weight = Tensor.Zeros([37], type);
        weight.RequiresGradient = true;
        Parameter[] parameters = [new("p", weight)];
        double epsilon = name.StartsWith("adamw-", StringComparison.Ordinal)
            ? double.Parse(name[6..], System.Globalization.CultureInfo.InvariantCulture)
            : 1e-8;
        var adam = new AdamWOptions { WeightDecay = 0, Epsilon = epsilon };
        double momentum = name is "sgd-momentum" or "sgd-nesterov" ? 0.9 : 0;
        Optimizer optimizer = name switch
        {
            "sgd" or "sgd-momentum" or "sgd-nesterov" => new SGD(parameters, 1e-3, momentum, nesterov: name == "sgd-nesterov"),
            "muon-others" => new Muon(parameters, 1e-3, new MuonOptions { Matrices = MuonMatrices.None, Others = adam, OthersLearningRateRatio = 1 }),
            "adamuon-others" => new AdaMuon(parameters, 1e-3, new AdaMuonOptions { Matrices = MuonMatrices.None, Others = adam }),
            "isometry-adamw" =>
            new IsometryPenalty(new AdamW([.. parameters, new("q", Matrix(type, 3, 3))], 1e-3, adam), new IsometryOptions { IncludeOutput = true }),
            "l2-adamw" => new Kappa.Plasticity.L2(new AdamW(parameters, 1e-3, adam), 1e-300),
            _ => new AdamW(parameters, 1e-3, adam),
        };
        double[] w = new double[37], m = new double[37], v = new double[37];
        for (int step = 1; step <= 4; step++)
        {
            double[] gradient = Gradient(weight, step, scale, type);
            optimizer.Step();
            for (int i = 0; i < w.Length; i++)
            {
                double g = gradient[i];
                if (optimizer is SGD)
                {
                    m[i] = (momentum * m[i]) + g;
                    w[i] -= 1e-3 * (name == "sgd-nesterov" ? g + (momentum * m[i]) : m[i]);
                    continue;
                }

                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                w[i] -= 1e-3 * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + epsilon);
            }
        }

        double[] actual = FakeGradients.Read(weight);
        for (int i = 0; i < w.Length; i++)
            Assert.Equal(w[i], actual[i], (type == DataType.Float32 ? 2e-5 : 1e-12) * w.Max(Math.Abs));
    }

    [Theory]
    [InlineData(1e-46, DataType.Float32, "1.1754943508222875E-38")]
    [InlineData(1e-39, DataType.Float32, "1.1754943508222875E-38")]
    [InlineData(1e-200, DataType.Float64, "1E-136")]
    public void An_epsilon_that_the_type_does_not_hold_is_refused_with_the_smallest_that_works(double epsilon, DataType type, string smallest)
    {
        var weight = Matrix(type, 5, 7);
        Parameter[] parameters = [new("p", weight), new("bias", Matrix(type, 5))];
        var bad = new AdamWOptions { Epsilon = epsilon };
        string expected = $"AdamWOptions.Epsilon takes {smallest} or more with parameters in {type}; got {epsilon}";
        Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(parameters, 1e-3, bad)).Message);
        Assert.Contains(
            expected, Assert.Throws<ArgumentOutOfRangeException>(() => new Muon(
            parameters, 1e-3, new MuonOptions { Matrices = MuonMatrices.All, Others = bad })).Message);
        Assert.Contains(
            expected, Assert.Throws<ArgumentOutOfRangeException>(() => new AdaMuon(
            parameters, 1e-3, new AdaMuonOptions { Matrices = MuonMatrices.All, Others = bad })).Message);
        Assert.Contains(
            "AdaMuonOptions.Epsilon takes",
            Assert.Throws<ArgumentOutOfRangeException>(
            () => new AdaMuon(parameters, 1e-3, new AdaMuonOptions { Matrices = MuonMatrices.All, Epsilon = epsilon })).Message);
        var good = new AdamW(parameters, 1e-3, new AdamWOptions { Epsilon = double.Parse(smallest, System.Globalization.CultureInfo.InvariantCulture) });
        foreach (double scale in new[] { 0, 1e-37, 1e-20, 1, 0 })
        {
            _ = Gradient(weight, 1, scale, type);
            good.Step();
            Assert.All(FakeGradients.Read(weight), value => Assert.True(Math.Abs(value) < 10));
        }
    }

    [Theory]
    [InlineData(1e39)]
    [InlineData(1e-46)]
    public void Settings_that_single_precision_does_not_hold_are_refused(double value)
    {
        Parameter[] single = [new("p", Matrix(DataType.Float32, 5, 7))], two = [new("p", Matrix(DataType.Float64, 5, 7))];
        var makers = new (string Name, Action<Parameter[]> Make)[]
        {
            ("AdamW.LearningRate", parameters => _ = new AdamW(parameters, value)),
            ("SGD.LearningRate", parameters => new SGD(parameters, 0.1).LearningRate = value),
            ("SGD.WeightDecay", parameters => _ = new SGD(parameters, 0.1, weightDecay: value)),
            ("Signum.WeightDecay", parameters => _ = new Signum(parameters, 0.1, weightDecay: value)),
            ("AdamWOptions.WeightDecay", parameters => _ = new AdamW(parameters, 0.1, new AdamWOptions { WeightDecay = value })),
            ("MuonOptions.WeightDecay", parameters => _ = new Muon(parameters, 0.1, new MuonOptions { WeightDecay = value, Matrices = MuonMatrices.All })),
            ("AdaMuonOptions.WeightDecay",
                parameters => _ = new AdaMuon(parameters, 0.1, new AdaMuonOptions { WeightDecay = value, Matrices = MuonMatrices.All })),
            ("ParameterGroup.WeightDecay", parameters => new ParameterGroup(parameters).WeightDecay = value),
        };
        foreach (var (name, make) in makers)
        {
            make(two);
            Assert.Contains($"{name} takes 0, or a number from 1.1754943508222875E-38 to 3.4028234663852886E+38, with parameters in Float32; got {value}",
                Assert.Throws<ArgumentOutOfRangeException>(() => make(single)).Message);
        }
    }

    [Fact]
    public void A_rate_that_overflows_with_its_group_is_refused_before_anything_changes()
    {
        var weight = Matrix(DataType.Float32, 3);
        double[] before = FakeGradients.Read(weight);
        var optimizer = new SGD([new ParameterGroup([new Parameter("p", weight)]) { LearningRateScale = 1e20 }], 1e30);
        _ = Gradient(weight, 1, 1, DataType.Float32);
        Assert.Contains("SGD: at step 0 the learning rate of p is 1E+50", Assert.Throws<InvalidOperationException>(optimizer.Step).Message);
        Assert.Equal(before, FakeGradients.Read(weight));
    }

    [Theory]
    [InlineData(1e-30, 1e-33, DataType.Float32)]
    [InlineData(1e-30, 1, DataType.Float32)]
    [InlineData(1e25, 1e-12, DataType.Float32)]
    [InlineData(1e25, 1, DataType.Float32)]
    [InlineData(1e37, 1e-3, DataType.Float32)]
    [InlineData(3e38, 1, DataType.Float32)]
    [InlineData(1e-200, 1e-203, DataType.Float64)]
    [InlineData(1e200, 1, DataType.Float64)]
    [InlineData(1e-310, 1, DataType.Float64)]
    [InlineData(1e300, 1e-3, DataType.Float64)]
    public void Clipping_and_the_reported_norm_hold_at_any_scale(double scale, double limit, DataType type)
    {
        var weight = Tensor.Zeros([4001], type);
        weight.RequiresGradient = true;
        double[] values = new double[4001];
        (values[0], values[2000], values[4000]) = (0.48 * scale, -0.6 * scale, 0.64 * scale);
        FakeGradients.Set(weight, Tensor.From(values).To(type));
        var optimizer = new SGD([new Parameter("p", weight)], 1) { MaxGradientNorm = limit };
        optimizer.Step();
        Assert.Equal(1, optimizer.LastGradientNorm / scale, type == DataType.Float32 ? 1e-6 : 1e-12);
        double factor = Math.Min(1, limit / scale), tolerance = (type == DataType.Float32 ? 1e-6 : 1e-12) * factor * scale;
        double[] after = FakeGradients.Read(weight);
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(-values[i] * factor, after[i], tolerance);
    }

    [Fact]
    public void A_run_that_has_met_a_huge_gradient_resumes_to_the_same_bits()
    {
        var (one, two) = (Matrix(DataType.Float32, 37), Matrix(DataType.Float32, 37));
        var (first, second) = (new AdamW([new Parameter("p", one)]), new AdamW([new Parameter("p", two)]));
        foreach (double scale in new[] { 1, 1e25, 1 })
        {
            _ = Gradient(one, 1, scale, DataType.Float32);
            first.Step();
        }

        two.CopyFromInPlace(one.Detach());
        second.Load(first.State());
        Assert.Equal(DataType.Float64, second.State().Tensors.Single(pair => pair.Key == "p.second_moment").Value.DataType);
        foreach (var (weight, optimizer) in new[] { (one, first), (two, second) })
        {
            _ = Gradient(weight, 2, 1e24, DataType.Float32);
            optimizer.Step();
        }

        Assert.Equal(FakeGradients.Read(one), FakeGradients.Read(two));
        Assert.DoesNotContain(FakeGradients.Read(one), double.IsNaN);
    }

    private static TheoryData<string, double, DataType> Cases(string[] names)
    {
        var cases = new TheoryData<string, double, DataType>();
        foreach (string name in names)
        {
            foreach (double scale in Scales)
            {
                foreach (var type in new[] { DataType.Float32, DataType.Float64 })
                    cases.Add(name, scale, type);
            }
        }

        return cases;
    }

    private static Tensor Matrix(DataType type, params int[] lengths)
    {
        var tensor = Tensor.Normal(new Shape(lengths), new Philox(3), type: type);
        tensor.RequiresGradient = true;
        return tensor;
    }

    private static double[] Gradient(Tensor weight, int step, double scale, DataType type)
    {
        var gradient = (Tensor.Normal(weight.Shape, new Philox(11).Split(step), type: DataType.Float64) * scale).To(type);
        FakeGradients.Set(weight, gradient);
        return FakeGradients.Read(gradient);
    }

    /// <summary>How far the weights are after three steps on gradients of one scale.</summary>
    private static double[] Train(string name, double scale, DataType type)
    {
        if (name.StartsWith("dopr", StringComparison.Ordinal))
            return TrainLayers(name, scale, type);
        int[] shape = name == "muon-wide" ? [8, 40] : name == "muon-tall" ? [40, 8] : [12, 16];
        var weight = Matrix(type, shape);
        Parameter[] parameters = [new("p", weight)];
        var optimizer = Direction(name, parameters);
        for (int step = 0; step < 3; step++)
        {
            _ = Gradient(weight, step, scale, type);
            optimizer.Step();
        }

        double[] start = FakeGradients.Read(Matrix(type, shape));
        return [.. FakeGradients.Read(weight).Zip(start, (end, from) => end - from)];
    }

    private static Optimizer Direction(string name, IReadOnlyList<Parameter> parameters)
    {
        var muon = new MuonOptions { Matrices = MuonMatrices.All };
        return name switch
        {
            "signum" => new Signum(parameters, 0.1),
            "muon-plain" => new Muon(parameters, 0.1, muon with { Momentum = 0 }),
            "muon-momentum" => new Muon(parameters, 0.1, muon with { Nesterov = false }),
            "muon-moonshot" => new Muon(parameters, 0.1, muon with { Scaling = MuonScaling.Moonshot }),
            "muon-polar-express" => new Muon(parameters, 0.1, muon with { Orthogonalization = Orthogonalization.PolarExpress }),
            "adamuon" => new AdaMuon(parameters, 0.1, new AdaMuonOptions { Matrices = MuonMatrices.All }),
            "adamuon-polar-express" => new AdaMuon(
            parameters, 0.1, new AdaMuonOptions { Matrices = MuonMatrices.All, Orthogonalization = Orthogonalization.PolarExpress, Nesterov = true }),
            "muono" => new MuonO(parameters, 0.1, new IsometryOptions { IncludeOutput = true }, muon),
            _ => new Muon(parameters, 0.1, muon),
        };
    }

    private static double[] TrainLayers(string name, double scale, DataType type)
    {
        var model = new Sequential(new Linear(9, 12, bias: false, type: type), new ReLU(), new Linear(12, 5, bias: false, type: type));
        model.Initialize(new Philox(1));
        double[] start = [.. model.Parameters().SelectMany(parameter => FakeGradients.Read(parameter.Tensor))];
        using var optimizer = new DoPr(Direction(name[5..], model.Parameters()), model);
        var x = Tensor.Normal([20, 9], new Philox(2), type: type);
        for (int step = 0; step < 3; step++)
        {
            var y = Tensor.Normal([20, 5], new Philox(5).Split(step), type: type);
            var prediction = model.Forward(x);
            prediction.Backward((prediction.Detach() - y) * scale);
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return [.. model.Parameters().SelectMany(parameter => FakeGradients.Read(parameter.Tensor)).Zip(start, (end, from) => end - from)];
    }
}
