"""What the pytest plugin is made of; imported only where a test run has opted in."""
