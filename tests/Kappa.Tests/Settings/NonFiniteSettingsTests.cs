using System.Globalization;
using Kappa.Curvature.Criteria;
using Kappa.Curvature.Operators;
using Kappa.Diagnostics;
using Kappa.Generation;
using Kappa.Isometry;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Training;

namespace Kappa.Tests.Settings;

/// <summary>Every number that the public API takes refuses NaN and the infinities, or has its reason not to.</summary>
public sealed class NonFiniteSettingsTests
{
    // Both signs of NaN: a check of the sign alone lets one of them through.
    private static readonly double[] NonFinite = [double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly Dictionary<string, Action<double>> Takers = new()
    {
        ["CurvatureProbeOptions.Sigmas"] = value => new CurvatureProbeOptions { Sigmas = [1, value] }.Validate(),
        ["DensityOptions.Bandwidth"] = value => new DensityOptions { Bandwidth = value }.Validate(),
        ["DirectMonteCarlo.InFullSpace.sigma"] = value => DirectMonteCarlo.InFullSpace(Risk(), [2], value),
        ["DirectMonteCarlo.InSubspace.sigma"] = value => DirectMonteCarlo.InSubspace(Risk(), Directions(), [2], value),
        ["GolubKahanOptions.Tolerance"] = value => new GolubKahanOptions { Tolerance = value }.Validate(),
        ["IncrementModel.QuadraticMonteCarlo.sigma"] = value => new IncrementModel(1, 1, 1, [1], new double[1, 1]).QuadraticMonteCarlo(value, 2),
        ["LanczosOptions.Tolerance"] = value => new LanczosOptions { Tolerance = value }.Validate(),
        ["PowerIterationOptions.Tolerance"] = value => new PowerIterationOptions { Tolerance = value }.Validate(),
        ["TrainerOptions.Epochs"] = value => new TrainerOptions { Epochs = value }.Validate(),
        ["TrainerOptions.LeastImprovement"] = value => new TrainerOptions { Steps = 1, LeastImprovement = value }.Validate(),
        ["ScaledOperator.ScaledOperator.factor"] = value => _ = new ScaledOperator(new DelegateOperator(2, DataType.Float64, x => x), value),
        ["SigmaRange.Contains.sigma"] = value => new SigmaRange(1, 1, [1], [0], 0, 1, 1, 0.1, 2).Contains(value),
        ["SigmaRangeSearch.Find.sigmas"] = value => SigmaRangeSearch.Find(Risk(), Directions(), Model(), [1e-3, value]),
        ["SigmaRangeSearch.Find.tolerance"] = value => SigmaRangeSearch.Find(Risk(), Directions(), Model(), tolerance: value),
        ["AdamO.AdamO.learningRate"] = value => { Refuses(() => new AdamO(Groups(), value)); _ = new AdamO(Parameters(), value); },
        ["DiagnosticsOptions.DormantThreshold"] = value => new DiagnosticsOptions { DormantThreshold = value }.Validate(),
        ["IsometryOptions.Strength"] = value => new IsometryOptions { Strength = value }.Validate(),
        ["IsometryOptions.Target"] = value => new IsometryOptions { Target = value }.Validate(),
        ["IsometryOptions.LearningRate"] = value => new IsometryOptions { LearningRate = value }.Validate(),
        ["LayerStrength.Strength"] = value => new IsometryOptions { LayerStrengths = [new LayerStrength("*", 1) with { Strength = value }] }.Validate(),
        ["LayerStrength.LayerStrength.Strength"] = value => new IsometryOptions { LayerStrengths = [new LayerStrength("*", value)] }.Validate(),
        ["MuonO.MuonO.learningRate"] = value => { Refuses(() => new MuonO(Groups(), value)); _ = new MuonO(Parameters(), value); },
        ["UnitActivity.DormantFraction.threshold"] = value => new UnitActivity("0", [0.1, 1]).DormantFraction(value),
        ["BatchNorm1d.BatchNorm1d.epsilon"] = value => _ = new BatchNorm1d(2, epsilon: value),
        ["BatchNorm1d.BatchNorm1d.momentum"] = value => _ = new BatchNorm1d(2, momentum: value),
        ["BatchNorm2d.BatchNorm2d.epsilon"] = value => _ = new BatchNorm2d(2, epsilon: value),
        ["BatchNorm2d.BatchNorm2d.momentum"] = value => _ = new BatchNorm2d(2, momentum: value),
        ["Dropout.Dropout.probability"] = value => _ = new Dropout(value),
        ["Embedding.Embedding.standardDeviation"] = value => _ = new Embedding(2, 2, value),
        ["LayerNorm.LayerNorm.epsilon"] = value => _ = new LayerNorm(2, epsilon: value),
        ["LeakyReLU.LeakyReLU.slope"] = value => _ = new LeakyReLU(value),
        ["OrthogonalInitializer.OrthogonalInitializer.gain"] = value => _ = new OrthogonalInitializer(value),
        ["RMSNorm.RMSNorm.epsilon"] = value => _ = new RMSNorm(2, epsilon: value),
        ["RotaryEmbedding.RotaryEmbedding.rotaryBase"] = value => _ = new RotaryEmbedding(2, 2, value),
        ["ScaledNormalInitializer.ScaledNormalInitializer.gain"] = value => _ = new ScaledNormalInitializer(value),
        ["SelfAttentionOptions.RotaryBase"] = value => new SelfAttentionOptions { Width = 4, Heads = 1, ContextLength = 2, RotaryBase = value }.Validate(),
        ["TransformerOptions.Dropout"] = value => new TransformerOptions { VocabularySize = 2, Dropout = value }.Validate(),
        ["BinaryCrossEntropyOptions.LabelSmoothing"] = value => new BinaryCrossEntropyOptions { LabelSmoothing = value }.Validate(),
        ["BinaryCrossEntropyOptions.PositiveWeights"] = value => new BinaryCrossEntropyOptions { PositiveWeights = [1, value] }.Validate(),
        ["Loss.Hinge.margin"] = value => Loss.Hinge(Tensor.Ones([2]), Tensor.Ones([2]), value),
        ["Loss.Huber.delta"] = value => Loss.Huber(Tensor.Ones([2]), Tensor.Ones([2]), value),
        ["Loss.MultiMargin.margin"] = value => Loss.MultiMargin(Tensor.Ones([1, 2]), Tensor.From(0), value),
        ["Loss.MultiMargin.classWeights"] = value => Loss.MultiMargin(Tensor.Ones([1, 2]), Tensor.From(0), 1, [1, value]),
        ["Loss.Quantile.quantiles"] = value => Loss.Quantile(Tensor.Ones([1, 2]), Tensor.Ones([1]), [0.5, value]),
        ["Loss.SmoothL1.beta"] = value => Loss.SmoothL1(Tensor.Ones([2]), Tensor.Ones([2]), value),
        ["CrossEntropyOptions.ClassWeights"] = value => new CrossEntropyOptions { ClassWeights = [1, value] }.Validate(),
        ["CrossEntropyOptions.LabelSmoothing"] = value => new CrossEntropyOptions { LabelSmoothing = value }.Validate(),
        ["TransformerOptions.RotaryBase"] = value => new TransformerOptions { VocabularySize = 2, RotaryBase = value }.Validate(),
        ["AdaMuon.AdaMuon.learningRate"] = value => { Refuses(() => new AdaMuon(Groups(), value)); _ = new AdaMuon(Parameters(), value); },
        ["AdaMuonOptions.Beta2"] = value => new AdaMuonOptions { Beta2 = value }.Validate(),
        ["AdaMuonOptions.Epsilon"] = value => new AdaMuonOptions { Epsilon = value }.Validate(),
        ["AdaMuonOptions.Momentum"] = value => new AdaMuonOptions { Momentum = value }.Validate(),
        ["AdaMuonOptions.OthersLearningRateRatio"] = value => new AdaMuonOptions { OthersLearningRateRatio = value }.Validate(),
        ["AdaMuonOptions.WeightDecay"] = value => new AdaMuonOptions { WeightDecay = value }.Validate(),
        ["SamplingOptions.Temperature"] = value => new SamplingOptions { Temperature = value }.Validate(),
        ["SamplingOptions.TopP"] = value => new SamplingOptions { TopP = value }.Validate(),
        ["AdamW.AdamW.learningRate"] = value => { Refuses(() => new AdamW(Groups(), value)); _ = new AdamW(Parameters(), value); },
        ["AdamWOptions.Beta1"] = value => new AdamWOptions { Beta1 = value }.Validate(),
        ["AdamWOptions.Beta2"] = value => new AdamWOptions { Beta2 = value }.Validate(),
        ["AdamWOptions.Epsilon"] = value => new AdamWOptions { Epsilon = value }.Validate(),
        ["AdamWOptions.WeightDecay"] = value => new AdamWOptions { WeightDecay = value }.Validate(),
        ["DoPrOptions.Floor"] = value => new DoPrOptions { Floor = value }.Validate(),
        ["DoPrOptions.Gamma"] = value => new DoPrOptions { Gamma = value }.Validate(),
        ["DoPrOptions.MovingAverage"] = value => new DoPrOptions { MovingAverage = value }.Validate(),
        ["LearningRateRangeTestOptions.DivergenceFactor"] = value => new LearningRateRangeTestOptions { DivergenceFactor = value }.Validate(),
        ["LearningRateRangeTestOptions.Highest"] = value => new LearningRateRangeTestOptions { Highest = value }.Validate(),
        ["LearningRateRangeTestOptions.Lowest"] = value => new LearningRateRangeTestOptions { Lowest = value }.Validate(),
        ["LearningRateRangeTestOptions.Smoothing"] = value => new LearningRateRangeTestOptions { Smoothing = value }.Validate(),
        ["LearningRateSchedule.WarmupCosine.floor"] = value => LearningRateSchedule.WarmupCosine(1, 2, value),
        ["LearningRateSchedule.WarmupLinear.floor"] = value => LearningRateSchedule.WarmupLinear(1, 2, value),
        ["Muon.Muon.learningRate"] = value => { Refuses(() => new Muon(Groups(), value)); _ = new Muon(Parameters(), value); },
        ["MuonOptions.Momentum"] = value => new MuonOptions { Momentum = value }.Validate(),
        ["MuonOptions.OthersLearningRateRatio"] = value => new MuonOptions { OthersLearningRateRatio = value }.Validate(),
        ["MuonOptions.WeightDecay"] = value => new MuonOptions { WeightDecay = value }.Validate(),
        ["Optimizer.LearningRate"] = value => new SGD(Parameters(), 1).LearningRate = value,
        ["Optimizer.MaxGradientNorm"] = value => new SGD(Parameters(), 1).MaxGradientNorm = value,
        ["Optimizer.Optimizer.learningRate"] = value => _ = new Signum(Groups(), value),
        ["OptimizerState.Add.value"] = value => new OptimizerState("SGD").Add("step_count", value),
        ["ParameterGroup.LearningRateScale"] = value => Groups()[0].LearningRateScale = value,
        ["ParameterGroup.WeightDecay"] = value => Groups()[0].WeightDecay = value,
        ["SGD.SGD.learningRate"] = value => { Refuses(() => new SGD(Groups(), value)); _ = new SGD(Parameters(), value); },
        ["SGD.SGD.momentum"] = value => _ = new SGD(Parameters(), 1, momentum: value),
        ["SGD.SGD.dampening"] = value => _ = new SGD(Parameters(), 1, momentum: 0.5, dampening: value),
        ["SGD.SGD.weightDecay"] = value => _ = new SGD(Parameters(), 1, weightDecay: value),
        ["Signum.Signum.learningRate"] = value => _ = new Signum(Parameters(), value),
        ["Signum.Signum.momentum"] = value => _ = new Signum(Parameters(), momentum: value),
        ["Signum.Signum.weightDecay"] = value => _ = new Signum(Parameters(), weightDecay: value),
        ["ContinualBackpropagationOptions.ReplacementRate"] = value => new ContinualBackpropagationOptions { ReplacementRate = value }.Validate(),
        ["ContinualBackpropagationOptions.UtilityDecay"] = value => new ContinualBackpropagationOptions { UtilityDecay = value }.Validate(),
        ["L2.L2.strength"] = value => _ = new L2(new SGD(Parameters(), 1), value),
        ["L2Init.L2Init.strength"] = value => _ = new L2Init(new SGD(Parameters(), 1), value),
        ["ReDoOptions.Threshold"] = value => new ReDoOptions { Threshold = value }.Validate(),
        ["ShrinkAndPerturbOptions.Noise"] = value => new ShrinkAndPerturbOptions { Noise = value }.Validate(),
        ["ShrinkAndPerturbOptions.Shrinkage"] = value => new ShrinkAndPerturbOptions { Shrinkage = value }.Validate(),
        ["SpectralRegularizationOptions.Strength"] = value => new SpectralRegularizationOptions { Strength = value }.Validate(),
        ["Philox.FillNormal.mean"] = value =>
            { Refuses(() => new Philox(0).FillNormal(new float[1], (float)value)); new Philox(0).FillNormal(new double[1], value); },
        ["Philox.FillNormal.std"] = value =>
            { Refuses(() => new Philox(0).FillNormal(new float[1], 0, (float)value)); new Philox(0).FillNormal(new double[1], 0, value); },
        ["Philox.FillUniform.low"] = value =>
            { Refuses(() => new Philox(0).FillUniform(new float[1], (float)value)); new Philox(0).FillUniform(new double[1], value); },
        ["Philox.FillUniform.high"] = value =>
            { Refuses(() => new Philox(0).FillUniform(new float[1], 0, (float)value)); new Philox(0).FillUniform(new double[1], 0, value); },
        ["PathConditioning.ResetRandomly.spread"] = value => PathConditioning.ResetRandomly(Perceptron(), new Philox(0), value),
        ["RescalingOptions.Tolerance"] = value => new RescalingOptions { Tolerance = value }.Validate(),
        ["Tensor.BatchNorm.epsilon"] = value => Tensor.Ones([2, 2]).BatchNorm(null, null, value),
        ["Tensor.LayerNorm.epsilon"] = value => Tensor.Ones([2, 2]).LayerNorm(value),
        ["Tensor.RmsNorm.epsilon"] = value => Tensor.Ones([2, 2]).RmsNorm(value),
        ["Tensor.Normal.mean"] = value => Tensor.Normal([1], new Philox(0), value),
        ["Tensor.Normal.standardDeviation"] = value => Tensor.Normal([1], new Philox(0), 0, value),
        ["Tensor.Uniform.low"] = value => Tensor.Uniform([1], new Philox(0), value),
        ["Tensor.Uniform.high"] = value => Tensor.Uniform([1], new Philox(0), 0, value),
    };

    /// <summary>Numbers of these are what was found, and what was found may be anything.</summary>
    private static readonly HashSet<Type> Results =
    [
        typeof(CriterionCurve), typeof(CriterionPoint), typeof(DensityResult), typeof(DirectEstimate), typeof(EigenResult), typeof(FullSpaceModel),
            typeof(IncrementModel), typeof(MonteCarloEstimate),
        typeof(SigmaRange), typeof(SolverProgress), typeof(TraceResult), typeof(ExtremeSingularValues), typeof(IsometryStatus), typeof(JacobianDiagnostics),
            typeof(KernelDiagnostics),
        typeof(LearningRatePoint), typeof(LearningRateRangeResult), typeof(LoopState), typeof(TrainerProgress), typeof(TrainingOutcome), typeof(TrainingRecord),
            typeof(UnitActivity), typeof(UnitDiagnostics), typeof(WeightDiagnostics), typeof(RescaledLayer), typeof(RescalingResult), typeof(HessianProduct),
    ];

    private static readonly Dictionary<string, string> Exempt = new()
    {
        ["CurvatureProbeResult.Curve.sigma"] = "looked up among the sigmas that were measured; another one is an error",
        ["EigenResiduals.Measure.values"] = "a residual of NaN is what an eigenvalue of NaN has",
        ["FullSpaceModel.GaussianMoment.sigma"] = "an equation: NaN in, NaN out",
        ["FullSpaceModel.StandardError.sigma"] = "an equation: NaN in, NaN out",
        ["IncrementModel.Evaluate.z"] = "an equation: NaN in, NaN out",
        ["IncrementModel.GaussianMoment.sigma"] = "an equation: NaN in, NaN out",
        ["Pace.Report.done"] = "how far the caller's own work is",
        ["Pace.Skip.done"] = "how far the caller's own work is",
        ["Pace.SecondsLeft.total"] = "how much of the caller's own work there is",
        ["TokenSampler.Next.logits"] = "outputs of a model: a NonFiniteException names the token",
        ["TrainerCallback.StepTaken.loss"] = "given to the callback, by a loop that refuses a loss that is not finite",
        ["BatchPieces.OfFirst.value"] = "a message, which arrives as it was sent",
        ["StabilizationEquations.GaussianMoment.a"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.GaussianMoment.squaredGradient"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.GaussianMoment.trace"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.GaussianMoment.squareTrace"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.GaussianMoment.sigma"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.Increment.added"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.Increment.mean"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.PointCriterion.a"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.RateBound.sigma"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.RateBound.loss"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.RateBound.gradient"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.RateBound.hessian"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.SpectralForm.eigenvalueIncrements"] = "an equation: NaN in, NaN out",
        ["StabilizationEquations.SpectralForm.sigma"] = "an equation: NaN in, NaN out",
        ["OptimizerStep.WeightDecayOf.ordinary"] = "given by the optimizer, which has checked it",
        ["RangeAttribute.Above"] = "NaN says that there is no such end",
        ["RangeAttribute.AtLeast"] = "NaN says that there is no such end",
        ["RangeAttribute.AtMost"] = "NaN says that there is no such end",
        ["RangeAttribute.Below"] = "NaN says that there is no such end",
        ["RangeAttribute.Contains.value"] = "the question is whether it is in range, and it is not",
        ["Tensor.Clip.min"] = "minus infinity for no end; NaN is refused",
        ["Tensor.Clip.max"] = "infinity for no end; NaN is refused",
        ["Tensor.Equal.value"] = "a question that has an answer",
        ["Tensor.NotEqual.value"] = "a question that has an answer",
        ["Tensor.Less.value"] = "a question that has an answer",
        ["Tensor.LessEqual.value"] = "a question that has an answer",
        ["Tensor.Greater.value"] = "a question that has an answer",
        ["Tensor.GreaterEqual.value"] = "a question that has an answer",
        ["Tensor.Pad.value"] = "an element; what is made of it is checked where it is used",
        ["Tensor.Full.value"] = "an element; what is made of it is checked where it is used",
        ["Tensor.Scalar.value"] = "an element; what is made of it is checked where it is used",
        ["Tensor.op_Addition.right"] = "arithmetic",
        ["Tensor.op_Division.right"] = "arithmetic",
        ["Tensor.op_Multiply.right"] = "arithmetic",
        ["Tensor.op_Multiply.left"] = "arithmetic",
        ["Tensor.op_Subtraction.right"] = "arithmetic",
    };

    public static TheoryData<string> Members => [.. Takers.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void A_number_that_is_not_finite_is_refused_by_name(string member)
    {
        foreach (double value in NonFinite)
        {
            var error = Record.Exception(() => Takers[member](value));
            Assert.True(error is ArgumentException, $"{member} = {value}: {error?.ToString() ?? "accepted"}");
            Assert.Contains(value.ToString(CultureInfo.CurrentCulture), error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_number_of_the_public_api_is_in_the_table_or_has_a_reason_not_to_be()
    {
        string[] found = [.. FloatingPointMembers.Of(typeof(Tensor).Assembly, Results).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(found, Takers.Keys.Concat(Exempt.Keys).Order(StringComparer.Ordinal));
    }

    private static void Refuses(Action call) => Assert.ThrowsAny<ArgumentException>(call);

    private static void Refuses(Func<object> call) => Assert.ThrowsAny<ArgumentException>(call);

    private static Module Perceptron() =>
        new Sequential(new Linear(2, 2), new ReLU(), new Linear(2, 2), new ReLU(), new Linear(2, 1)).Initialize(new Philox(0));

    private static IReadOnlyList<Parameter> Parameters() => [.. Perceptron().Parameters()];

    private static IReadOnlyList<ParameterGroup> Groups() => [new ParameterGroup(Parameters())];

    private static EmpiricalRisk Risk() => SmallRisk.Value;

    private static Tensor Directions()
    {
        using var outside = TensorScope.Begin();
        return Tensor.Normal([1, Risk().Dimension], new Philox(1), type: Risk().DataType).Keep();
    }

    private static IncrementModel Model() => new(2, 2, 0.1, [0.1], new double[1, 1]);

    private static readonly Lazy<EmpiricalRisk> SmallRisk = new(() =>
    {
        var model = Perceptron();
        return new EmpiricalRisk(model, Loss.MeanSquaredError, new SampleSource(6, (first, count) => (Tensor.Ones([count, 2]), Tensor.Zeros([count, 1]))));
    });
}
