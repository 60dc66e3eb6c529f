namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Swing up a pole that hangs from a cart, and hold it: the expert demonstrates it, a policy is trained on the demonstrations and then let
/// loose.</summary>
/// <remarks>Physics and control step at 50 Hz; an action is a force of up to 8 N in [-1, 1]. A start hangs within 0.6 rad, moving. A rollout is a success where
/// the cart stayed on the track and the pole within 0.2 rad of upright through the last second. All members may be used from several threads at
/// once.</remarks>
internal sealed class CartPoleScenario
{
    /// <summary>How long the pole must be held at the end, in s.</summary>
    internal const double HoldSeconds = 1;

    // The expert completes every start with little noise; a setting where it fails more often than not teaches nothing.
    private const double LeastExpertSuccess = 0.5;

    private const double StartPlace = 0.3;
    private const double StartAngle = 0.6;
    private const double StartSpeed = 0.2;
    private const double StartRotation = 0.7;

    private readonly Remembered<RolloutOptions, CartPoleStarts> _starts = new();

    /// <summary>Rollouts of the expert under control noise that are successes, with its own, clean actions.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">Length, noise and seed.</param>
    /// <param name="purpose">What they are for: equal seeds of two purposes have nothing to do with each other.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <param name="progress">Told the share done, from any thread.</param>
    /// <param name="threads">How many work, about 150 ms for each rollout; ComputeThreads.Count by default. The result does not depend on it.</param>
    /// <returns>What was kept, and how many starts were drawn.</returns>
    /// <exception cref="ConfigException">The expert fails too often.</exception>
    internal static CartPoleStarts Demonstrate(
        int count, RolloutOptions options, string purpose, CancellationToken cancellation, IProgress<double>? progress = null, int? threads = null)
    {
        int steps = StepsOf(options.Seconds);
        var search = new CandidateSearch(CartPolePhysics.Model, threads ?? ComputeThreads.Count, LeastExpertSuccess, (kept, examined) =>
            new ConfigException(Figures.Say($"the expert of {CartPoleTask.TaskName} completed {kept} of {examined} starts within {options.Seconds} s under ")
                + Figures.Say($"noise of {options.ControlNoise} on the controls; expected at least half: give more seconds or less noise")))
        {
            Patience = 20,
        };
        var (found, drawn) = search.Keep(count, new Philox((ulong)options.Seed).Split(CartPoleTask.TaskName).Split(purpose), Try, progress, cancellation);
        return new CartPoleStarts(found, drawn);

        CartPoleDemonstration? Try(Philox stream, MujocoData data)
        {
            var rollout = new CartPoleRollout(0, DrawStart(stream), stream, options.ControlNoise);
            var planner = new SwingUpPlanner();
            float[] actions = new float[steps];
            for (int step = 0; step < steps && rollout.GoesOn; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                double action = planner.Act(rollout.State);
                actions[step] = (float)action;
                rollout.Advance(data, action);
            }
            return IsSuccess(rollout, steps) ? new CartPoleDemonstration(rollout, actions) : null;
        }
    }

    /// <summary>Lets a policy control the cart-pole from starts that are not the demonstrations'.</summary>
    /// <param name="policy">The policy; it is called from the calling thread, with all rollouts that go on as one batch.</param>
    /// <param name="eye">What it sees.</param>
    /// <param name="chunk">Steps that it decides at once.</param>
    /// <param name="options">Starts, length, noise, seed, horizons. Only starts that the expert completes under the same noise are used.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <param name="threads">How many simulate and draw; as many as ComputeThreads.Count by default. The result does not depend on it.</param>
    internal CartPoleResult Evaluate(
        ChunkPolicy policy, CartPoleEye eye, int chunk, RolloutOptions options, CancellationToken cancellation, int? threads = null)
    {
        options.Validate();
        var starts = StartsOf(options, cancellation);
        CartPoleRollout[] rollouts =
        [
            .. starts.Expert.Select((one, i) => new CartPoleRollout(i, one.Rollout.States[0], one.Rollout.Stream, options.ControlNoise)),
        ];
        new CartPoleRun(policy, eye, chunk, threads ?? ComputeThreads.Count).Play(rollouts, StepsOf(options.Seconds), cancellation);
        return new CartPoleResult(options, rollouts, starts);
    }

    /// <summary>The expert's own rollouts from the starts of an evaluation.</summary>
    internal CartPoleStarts StartsOf(RolloutOptions options, CancellationToken cancellation) =>
        _starts.Of(options, key => Demonstrate(key.Starts, key, "evaluation", cancellation), cancellation);

    internal static bool IsSuccess(CartPoleRollout rollout, int steps) => rollout.GoesOn && rollout.IsHeld(steps - StepsOf(HoldSeconds), steps);

    internal static int StepsOf(double seconds) => (int)Math.Round(seconds / CartPoleModel.Timestep);

    internal static CartPoleState DrawStart(Philox stream)
    {
        var random = stream.Split("start");
        return new CartPoleState(
            StartPlace * ((2 * random.NextDouble()) - 1), Math.PI + (StartAngle * ((2 * random.NextDouble()) - 1)), StartSpeed * random.NextNormal(),
            StartRotation * random.NextNormal());
    }
}
