using Kappa.Networks;
using Kappa.Pieces;

namespace Kappa.Optimizers;

/// <summary>Changes parameters along their gradients.</summary>
/// <remarks>
/// <para><see cref="Step"/> is the same for every optimizer: it reads the gradients (<see cref="Tensors.Tensor.Gradient"/>; a parameter without one
/// is left alone), checks that they are finite, measures and clips their norm, asks the schedule, and hands over to <see cref="StepCore"/>.
/// Authors write that, <see cref="StateCore"/> and <see cref="LoadCore"/>.</para>
/// <para>An optimizer that wraps another one derives from <see cref="OptimizerWrapper"/>. The two share groups, rates and counters, so either may be
/// asked.</para>
/// </remarks>
public abstract partial class Optimizer
{
    private readonly OptimizerRun _run;

    /// <summary>Makes an optimizer of its own.</summary>
    /// <param name="groups">The parameters; each in one group, once.</param>
    /// <param name="learningRate">The base learning rate: finite, zero or more.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one appears twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative, NaN or infinite.</exception>
    protected Optimizer(IReadOnlyList<ParameterGroup> groups, double learningRate)
    {
        _run = new OptimizerRun(groups) { Outermost = this };
        LearningRate = learningRate;
    }

    private protected Optimizer(Optimizer inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _run = inner._run;
        _run.Outermost = this;
    }

    /// <summary>The parameter groups; their scales and decays may be changed between steps.</summary>
    public IReadOnlyList<ParameterGroup> Groups => _run.Groups;

    /// <summary>All parameters of all groups, in order.</summary>
    public IReadOnlyList<Parameter> Parameters => _run.Step.Parameters;

    /// <summary>The base learning rate, before the schedule and the scales of groups.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, NaN or infinite, or out of the range of the parameters' type.</exception>
    public double LearningRate
    {
        get => _run.LearningRate;
        set
        {
            string property = $"{GetType().Name}.LearningRate";
            _run.LearningRate = OptionChecks.Fits(OptionChecks.NotNegative(value, property), property, OptionChecks.Narrowest(Parameters));
        }
    }

    /// <summary>What multiplies the learning rate at each step; null for nothing.</summary>
    public LearningRateSchedule? Schedule
    {
        get => _run.Schedule;
        set => _run.Schedule = value;
    }

    /// <summary>The largest norm of all gradients taken together; longer ones are scaled down to it. Null, the default: no clipping.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative, NaN or infinite.</exception>
    public double? MaxGradientNorm
    {
        get => _run.MaxGradientNorm;
        set => _run.MaxGradientNorm = value is { } norm ? OptionChecks.Positive(norm, $"{GetType().Name}.MaxGradientNorm") : null;
    }

    /// <summary>How many steps were taken.</summary>
    public long StepCount => _run.StepCount;

    /// <summary>The Euclidean norm of all gradients of the last step taken together, before clipping; 0 before the first step.</summary>
    public double LastGradientNorm => _run.LastGradientNorm;

    /// <summary>What states and errors call this optimizer: its type, and what it wraps.</summary>
    protected internal virtual string Kind => GetType().Name;

    /// <summary>Changes every parameter that has a gradient, once.</summary>
    /// <exception cref="Tensors.NonFiniteException">A gradient, or a parameter, is NaN or infinite; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">No parameter has a gradient, or the schedule's factor is negative or not finite; nothing was
    /// changed.</exception>
    public void Step()
    {
        if (_run.Outermost != this)
            SayOnce($"{Kind}.Step leaves out what {_run.Outermost!.Kind} adds, which was wrapped around it: step that one, or Dispose() it first", null);
        _run.Step.Optimizer = this;
        StepCore(_run.Prepare(Kind));
        _run.CountStep();
    }

    /// <summary>Clears the gradients of all parameters.</summary>
    public void ZeroGrad()
    {
        foreach (var parameter in _run.Step.Parameters)
            parameter.Tensor.ZeroGrad();
    }

    /// <summary>Looks at every element of every parameter.</summary>
    /// <exception cref="Tensors.NonFiniteException">One is NaN or infinite; the message names the first.</exception>
    public void CheckParameters() => _run.CheckParameters(Kind);

    /// <summary>What gathers something beside the gradient, which is summed over the pieces of a batch as well.</summary>
    internal virtual IEnumerable<IPieceObserver> PieceObservers => [];

    /// <summary>Who takes the steps together with this process; null for nobody.</summary>
    internal IStepShare? Share
    {
        get => _run.Share;
        set => _run.Share = value;
    }

    /// <summary>About how many flops the step of one parameter takes beyond a sweep over it, by which parameters are shared out.</summary>
    /// <param name="parameter">Its number.</param>
    internal virtual double StepFlops(int parameter) => 0;

    /// <summary>Says something once in the life of this optimizer and all that is wrapped around it.</summary>
    /// <param name="line">What.</param>
    /// <param name="handler">Who hears it; null for <see cref="Warnings"/>.</param>
    internal void SayOnce(string line, Action<string>? handler) => _run.SayOnce(line, handler);

    /// <summary>A wrapper that is done leaves the step to what it wrapped.</summary>
    private protected void StepAside(Optimizer inner)
    {
        if (_run.Outermost == this)
            _run.Outermost = inner;
    }

    /// <summary>Computes and applies the update.</summary>
    /// <param name="step">Gradients and rates; valid during the call.</param>
    protected internal abstract void StepCore(OptimizerStep step);
}
