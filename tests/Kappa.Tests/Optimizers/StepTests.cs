using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers;

/// <summary>What is the same for all optimizers: reading, checking, clipping, scheduling.</summary>
public sealed class StepTests
{
    [Fact]
    public void The_norm_is_taken_over_all_gradients_and_longer_ones_are_scaled_to_the_limit()
    {
        var problem = new FakeGradients(DataType.Float64);
        var groups = problem.Parameters.Select(p => new ParameterGroup([p])).ToArray();
        var optimizer = new SGD(groups, 0.5) { MaxGradientNorm = 0.25 };
        var expected = problem.Values();
        var gradients = problem.Draw(0);
        double norm = Math.Sqrt(gradients.Sum(g => g.Sum(x => x * x)));
        for (int p = 0; p < expected.Length; p++)
        {
            for (int i = 0; i < expected[p].Length; i++)
                expected[p][i] -= 0.5 * gradients[p][i] * 0.25 / norm;
        }

        optimizer.Step();
        Assert.Equal(norm, optimizer.LastGradientNorm, 1e-13);
        problem.AssertValues(expected, 1e-14);
    }

    [Fact]
    public void Gradients_shorter_than_the_limit_are_left_alone()
    {
        var problem = new FakeGradients(DataType.Float32);
        var twin = new FakeGradients(DataType.Float32);
        _ = problem.Draw(0);
        _ = twin.Draw(0);
        new SGD(problem.Parameters, 0.5) { MaxGradientNorm = 1e3 }.Step();
        new SGD(twin.Parameters, 0.5).Step();
        problem.AssertValues(twin.Values(), 0);
    }

    [Fact]
    public void The_schedule_multiplies_the_learning_rate_of_each_step()
    {
        var problem = new FakeGradients(DataType.Float64);
        var optimizer = new SGD(problem.Parameters, 0.8) { Schedule = LearningRateSchedule.Warmup(4) };
        var expected = problem.Values();
        for (int step = 0; step < 6; step++)
        {
            var gradients = problem.Draw(step);
            double rate = 0.8 * Math.Min(1, (step + 1) / 4.0);
            for (int p = 0; p < expected.Length; p++)
            {
                for (int i = 0; i < expected[p].Length; i++)
                    expected[p][i] -= rate * gradients[p][i];
            }

            optimizer.Step();
            problem.AssertValues(expected, 1e-13);
        }
    }

    [Theory]
    [MemberData(nameof(OptimizerCases.Names), MemberType = typeof(OptimizerCases))]
    public void A_parameter_without_a_gradient_is_left_alone_and_catches_up_by_its_own_count(string name)
    {
        var problem = new FakeGradients(DataType.Float64, [4, 6], [6, 4], [5]);
        var optimizer = OptimizerCases.Make(name, problem.Parameters);
        _ = problem.Draw(0);
        double[] before = problem.Values()[1];
        problem.Parameters[1].Tensor.ZeroGrad();
        optimizer.Step();
        Assert.Equal(before, problem.Values()[1]);
        Assert.NotEqual(new FakeGradients(DataType.Float64, [4, 6], [6, 4], [5]).Values()[0], problem.Values()[0]);

        // Its first update is that of a fresh optimizer, whatever the others have done.
        var twin = new FakeGradients(DataType.Float64, [4, 6], [6, 4], [5]);
        _ = problem.Draw(1);
        _ = twin.Draw(1);
        optimizer.Step();
        OptimizerCases.Make(name, twin.Parameters).Step();
        Assert.Equal(twin.Values()[1], problem.Values()[1]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_is_named_and_nothing_changes(double bad)
    {
        var problem = new FakeGradients(DataType.Float32);
        var optimizer = new AdamW(problem.Parameters) { MaxGradientNorm = 1 };
        _ = problem.Draw(0);
        optimizer.Step();
        var before = problem.Values();
        var state = optimizer.State().Tensors.Select(pair => FakeGradients.Read(pair.Value)).ToArray();
        _ = problem.Draw(1);
        problem.Parameters[0].Tensor.Gradient!.Values<float>()[16] = (float)bad;
        var error = Assert.Throws<NonFiniteException>(optimizer.Step);
        Assert.Equal(
            $"AdamW: at step 1 the gradient of p0 [5, 7] holds {bad} at index [2, 2]. Nothing was changed. Check the data and the loss of this batch, and "
            + "lower the learning rate", error.Message);
        problem.AssertValues(before, 0);
        Assert.Equal(state, optimizer.State().Tensors.Select(pair => FakeGradients.Read(pair.Value)));
        Assert.Equal(1, optimizer.StepCount);
    }

    [Fact]
    public void A_parameter_that_is_not_finite_is_named_before_the_gradient_it_spoils()
    {
        var problem = new FakeGradients(DataType.Float64);
        var optimizer = new SGD(problem.Parameters, 0.1);
        optimizer.CheckParameters();
        _ = problem.Draw(0);
        problem.Parameters[1].Tensor.Values<double>()[2] = double.NaN;
        problem.Parameters[0].Tensor.Gradient!.Values<double>()[0] = double.NaN;
        const string Expected = "SGD: before step 0 the parameter p1 [3] holds NaN at index [2]. Nothing was changed. Load the last checkpoint, and lower the "
            + "learning rate or set MaxGradientNorm";
        Assert.Equal(Expected, Assert.Throws<NonFiniteException>(optimizer.Step).Message);
        Assert.Equal(Expected, Assert.Throws<NonFiniteException>(optimizer.CheckParameters).Message);
    }

    [Fact]
    public void Finite_gradients_whose_squares_overflow_in_double_precision_are_refused_or_clipped()
    {
        var problem = new FakeGradients(DataType.Float64, [2], [3]);
        using var small = Tensor.From(1.0, 2.0);
        using var gradient = Tensor.From(3e225, 0, 4e225);
        FakeGradients.Set(problem.Parameters[0].Tensor, small);
        FakeGradients.Set(problem.Parameters[1].Tensor, gradient);
        var before = problem.Values();
        var optimizer = new SGD(problem.Parameters, 1);
        Assert.Contains("at step 0 the gradient of p1 [3] reaches 4E+225, whose square overflows", Assert.Throws<NonFiniteException>(optimizer.Step).Message);
        problem.AssertValues(before, 0);
        optimizer.MaxGradientNorm = 1;
        optimizer.Step();
        problem.AssertValues([before[0], [before[1][0] - 0.6, before[1][1], before[1][2] - 0.8]], 1e-12);
        Assert.Equal(5e225, optimizer.LastGradientNorm, 1e213);
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_learning_rate_that_cannot_be_is_refused_at_once(double rate)
    {
        var problem = new FakeGradients(DataType.Float32);
        string expected = $"LearningRate takes a finite number of zero or more; got {rate}";
        Assert.Contains("AdamW." + expected, Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(problem.Parameters, rate)).Message);
        Assert.Contains("SGD." + expected, Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(problem.Parameters, rate)).Message);
        Assert.Contains("Muon." + expected, Assert.Throws<ArgumentOutOfRangeException>(() => new Muon(problem.Parameters, rate)).Message);
        var optimizer = new SGD(problem.Parameters, 0.1);
        Assert.Contains("SGD." + expected, Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.LearningRate = rate).Message);
        Assert.Equal(0.1, optimizer.LearningRate);
        Assert.Contains(
            "ParameterGroup.LearningRateScale takes", Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Groups[0].LearningRateScale = rate).Message);
        Assert.Contains("ParameterGroup.WeightDecay takes", Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Groups[0].WeightDecay = rate).Message);
    }

    [Fact]
    public void Options_out_of_range_name_the_property()
    {
        Assert.Contains("AdamWOptions.Beta1 takes a number from 0 up to, but not including, 1; got 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWOptions { Beta1 = 1 }.Validate()).Message);
        Assert.Contains("AdamWOptions.Beta2", Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWOptions { Beta2 = -0.1 }.Validate()).Message);
        Assert.Contains("AdamWOptions.Epsilon takes a finite number above zero; got 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWOptions { Epsilon = 0 }.Validate()).Message);
        Assert.Contains(
            "AdamWOptions.WeightDecay", Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWOptions { WeightDecay = double.NaN }.Validate()).Message);
        Assert.Contains("MuonOptions.NewtonSchulzSteps takes a whole number of 1 or more; got 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new MuonOptions { NewtonSchulzSteps = 0 }.Validate()).Message);
        Assert.Contains("MuonOptions.Scaling takes one of Jordan, Moonshot; got 7",
            Assert.Throws<ArgumentOutOfRangeException>(() => new MuonOptions { Scaling = (MuonScaling)7 }.Validate()).Message);
        Assert.Contains("AdamWOptions.Beta1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new MuonOptions { Others = new AdamWOptions { Beta1 = 2 } }.Validate()).Message);
        var problem = new FakeGradients(DataType.Float32);
        Assert.Contains("SGD.Momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(problem.Parameters, 0.1, momentum: 1)).Message);
        Assert.Contains("SGD.Dampening takes a number from 0 to 1; got 2",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(problem.Parameters, 0.1, 0.9, dampening: 2)).Message);
        Assert.Contains("Nesterov takes momentum above 0 and dampening 0",
            Assert.Throws<ArgumentException>(() => new SGD(problem.Parameters, 0.1, nesterov: true)).Message);
        Assert.Contains("MaxGradientNorm takes a finite number above zero; got 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(problem.Parameters, 0.1) { MaxGradientNorm = 0 }).Message);
    }

    [Fact]
    public void A_step_before_any_backward_pass_says_what_is_missing()
    {
        var problem = new FakeGradients(DataType.Float32);
        var optimizer = new SGD(problem.Parameters, 0.1);
        Assert.Contains("SGD.Step: no parameter has a gradient at step 0. Call Backward()", Assert.Throws<InvalidOperationException>(optimizer.Step).Message);
        _ = problem.Draw(0);
        optimizer.ZeroGrad();
        _ = Assert.Throws<InvalidOperationException>(optimizer.Step);
    }

    [Fact]
    public void A_schedule_that_gives_nonsense_is_named()
    {
        var problem = new FakeGradients(DataType.Float32);
        _ = problem.Draw(0);
        var optimizer = new SGD(problem.Parameters, 0.1) { Schedule = new BadSchedule() };
        Assert.Contains("SGD: the schedule (a bad one) gave NaN at step 0", Assert.Throws<InvalidOperationException>(optimizer.Step).Message);
    }

    [Fact]
    public void Parameters_given_twice_or_not_at_all_are_refused()
    {
        var p = new FakeGradients(DataType.Float32).Parameters;
        Assert.Contains("at least one parameter; got none", Assert.Throws<ArgumentException>(() => new SGD(Array.Empty<Parameter>(), 0.1)).Message);
        Assert.Contains("at least one parameter; got none", Assert.Throws<ArgumentException>(() => new SGD(Array.Empty<ParameterGroup>(), 0.1)).Message);
        Assert.Contains("\"p0\" was given twice", Assert.Throws<ArgumentException>(() => new SGD([p[0], p[0]], 0.1)).Message);
        Assert.Contains(
            "\"p0\" and \"tied\" are one tensor", Assert.Throws<ArgumentException>(() => new SGD([p[0], p[0] with { Name = "tied" }], 0.1)).Message);
    }

    [Theory]
    [MemberData(nameof(OptimizerCases.Names), MemberType = typeof(OptimizerCases))]
    public void An_optimizer_made_inside_a_scope_outlives_it(string name)
    {
        var problem = new FakeGradients(DataType.Float32, [4, 6], [5]);
        Optimizer optimizer;
        using (var scope = TensorScope.Begin())
            optimizer = OptimizerCases.Make(name, problem.Parameters);
        _ = problem.Draw(0);
        optimizer.Step();
        Assert.DoesNotContain(optimizer.State().Tensors, pair => pair.Value.IsReleased);
    }

    [Fact]
    public void A_wrapper_shares_rates_and_counters_with_what_it_wraps()
    {
        var problem = new FakeGradients(DataType.Float64);
        var twin = new FakeGradients(DataType.Float64);
        var inner = new AdamW(problem.Parameters, 0.1);
        var outer = new Wrapper(inner) { LearningRate = 0.05, MaxGradientNorm = 1, Schedule = LearningRateSchedule.Warmup(3) };
        var plain = new AdamW(twin.Parameters, 0.05) { MaxGradientNorm = 1, Schedule = LearningRateSchedule.Warmup(3) };
        for (int step = 0; step < 4; step++)
        {
            _ = problem.Draw(step);
            _ = twin.Draw(step);
            (step % 2 == 0 ? outer : (Optimizer)inner).Step();
            plain.Step();
        }

        problem.AssertValues(twin.Values(), 0);
        Assert.Equal(2, outer.Calls);
        Assert.Equal(4, outer.StepCount);
        Assert.Equal(4, inner.StepCount);
        Assert.Equal(0.05, inner.LearningRate);
        Assert.Equal("Wrapper(AdamW)", outer.State().Kind);
        Assert.Equal(plain.State().Tensors.Names, outer.State().Tensors.Names);
        Assert.Contains("the state is that of AdamW; expected Wrapper(AdamW)", Assert.Throws<ArgumentException>(() => outer.Load(inner.State())).Message);
        outer.Load(outer.State());
    }

    private sealed class Wrapper(Optimizer inner) : OptimizerWrapper(inner)
    {
        public int Calls { get; private set; }

        protected internal override void StepCore(OptimizerStep step)
        {
            Calls++;
            base.StepCore(step);
        }
    }

    private sealed class BadSchedule : LearningRateSchedule
    {
        public override double Factor(long step) => double.NaN;

        public override string ToString() => "a bad one";
    }
}
