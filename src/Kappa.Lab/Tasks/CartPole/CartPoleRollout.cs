namespace Kappa.Lab.Tasks.CartPole;

/// <summary>One rollout under way. It holds the whole state of the physics, so that any simulation object can take its next step and the result depends neither
/// on which one nor on which thread. One that has ended stays where it was.</summary>
internal sealed class CartPoleRollout
{
    /// <summary>The pole is upright up to this angle, in rad.</summary>
    internal const double UprightAngle = 0.2;

    private static readonly double LeastCosine = Math.Cos(UprightAngle);

    private readonly List<CartPoleState> _states;
    private readonly ControlNoise _noise;
    private readonly double[] _control = new double[1];

    /// <summary>Begins a rollout.</summary>
    /// <param name="number">Its number, on which nothing but a policy's own randomness depends.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="stream">Where the noise on the controls is drawn from; split, never advanced.</param>
    /// <param name="noise">Its standard deviation; 0 for none.</param>
    internal CartPoleRollout(int number, CartPoleState start, Philox stream, double noise)
    {
        (Number, Stream, _states) = (number, stream, [start]);
        _noise = new ControlNoise(stream, 1, noise, CartPoleModel.Timestep);
    }

    internal int Number { get; }

    internal Philox Stream { get; }

    /// <summary>Where it was, from the start on.</summary>
    internal IReadOnlyList<CartPoleState> States => _states;

    internal CartPoleState State => _states[^1];

    /// <summary>Steps taken that led to a state.</summary>
    internal int Steps => _states.Count - 1;

    /// <summary>Why it ended; Completed while it goes on.</summary>
    internal CartPoleEnding Ending { get; private set; }

    internal bool GoesOn => Ending == CartPoleEnding.Completed;

    /// <summary>Takes one step under an action, which is clipped to [-1, 1]; one that is not finite ends the rollout.</summary>
    internal void Advance(MujocoData data, double action)
    {
        if (!double.IsFinite(action))
        {
            Ending = CartPoleEnding.NonFiniteAction;
            return;
        }
        var state = State;
        (data.Position[0], data.Position[1], data.Velocity[0], data.Velocity[1]) = (state.Place, state.Angle, state.Speed, state.Rotation);
        _noise.Apply([Math.Clamp(action, -1, 1)], _control);
        data.Step(_control);
        if (data.HasDiverged)
        {
            data.Reset();
            Ending = CartPoleEnding.Diverged;
            return;
        }
        state = new CartPoleState(data.Position[0], data.Position[1], data.Velocity[0], data.Velocity[1]);
        _states.Add(state);
        if (Math.Abs(state.Place) > CartPoleModel.Track)
            Ending = CartPoleEnding.LeftTrack;
    }

    /// <summary>Whether the rollout goes on, or ended later, and the pole is upright after some steps.</summary>
    internal bool IsUprightAt(int steps) => IsThereAt(steps) && Math.Cos(_states[steps].Angle) >= LeastCosine;

    /// <summary>Whether it was upright all the time from one step to another.</summary>
    internal bool IsHeld(int from, int to) => Enumerable.Range(from, to - from + 1).All(IsUprightAt);

    /// <summary>Time until some steps, in s, each instant weighted by (1 + cos angle) / 2; none after the end.</summary>
    internal double ReturnUntil(int steps)
    {
        double sum = 0;
        for (int step = 1; step <= steps && IsThereAt(step); step++)
            sum += 0.5 * (1 + Math.Cos(_states[step].Angle));
        return sum * CartPoleModel.Timestep;
    }

    /// <summary>Distance of the tips of two poles after some steps, in m; a rollout that has ended is measured from where it was.</summary>
    internal double TipDistance(CartPoleRollout other, int steps)
    {
        var (x, y) = TipAt(steps);
        var (otherX, otherY) = other.TipAt(steps);
        return double.Hypot(x - otherX, y - otherY);
    }

    private bool IsThereAt(int steps) => steps < _states.Count && (Ending != CartPoleEnding.LeftTrack || steps < Steps);

    private (double X, double Y) TipAt(int steps)
    {
        var state = _states[Math.Min(steps, Steps)];
        var (sine, cosine) = Math.SinCos(state.Angle);
        return (state.Place + (CartPoleModel.PoleLength * sine), CartPoleModel.PoleLength * cosine);
    }
}
