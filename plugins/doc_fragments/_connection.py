# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  product:
    description:
    - 'Which of the two products the server is: V(neurons) for Ivanti Neurons for MDM (formerly
      MobileIron Cloud), V(epmm) for Ivanti EPMM (formerly MobileIron Core).'
    - It is needed; when it is given nowhere, the task fails before any request.
    - When left out, the environment variable E(IVANTI_UEM_PRODUCT) is used.
    type: str
    choices:
    - neurons
    - epmm
  url:
    description:
    - Address of the server with its scheme, such as C(https://na1.mobileiron.com).
    - A path behind the host is kept and put before C(/api/).
    - It is needed; when it is given nowhere, the task fails before any request.
    - When left out, the environment variable E(IVANTI_UEM_URL) is used.
    type: str
  username:
    description:
    - Name of the account that sends the requests; sent with O(password) as Basic authentication.
    - Needed unless O(token) is given.
    - When left out, the environment variable E(IVANTI_UEM_USERNAME) is used.
    type: str
  password:
    description:
    - Password of O(username). Needed with it.
    - One of digits must be in quotes. YAML would make another number of C(0123).
    - When left out, the environment variable E(IVANTI_UEM_PASSWORD) is used.
    type: str
  token:
    description:
    - A token that is sent as C(Bearer) instead of O(username) and O(password).
    - Tenants whose administrators sign in with a password and a PIN accept no Basic authentication.
    - When left out, O(username) and O(password) are sent.
    - When left out, the environment variable E(IVANTI_UEM_TOKEN) is used.
    type: str
  ca_path:
    description:
    - File or folder with the CA certificates that the server's certificate is checked against.
    - It takes precedence over the variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE), which
      are used when it is left out. Without any of them, the CAs of the Python library certifi
      are used.
    - When left out, the environment variable E(IVANTI_UEM_CA_PATH) is used.
    type: path
  validate_certs:
    description:
    - Whether the server's TLS certificate is checked. Without the check the credentials go
      to whoever answers.
    - When left out, the environment variable E(IVANTI_UEM_VALIDATE_CERTS) is used.
    type: bool
    default: true
  connect_timeout:
    description:
    - Seconds to wait for a connection.
    - When left out, the environment variable E(IVANTI_UEM_CONNECT_TIMEOUT) is used.
    type: float
    default: 10.0
  read_timeout:
    description:
    - Seconds to wait for an answer.
    - When left out, the environment variable E(IVANTI_UEM_READ_TIMEOUT) is used.
    type: float
    default: 60.0
  concurrency:
    description:
    - How many requests may be under way at the same time.
    - When left out, the environment variable E(IVANTI_UEM_CONCURRENCY) is used.
    type: int
    default: 4
  retries:
    description:
    - How often a request is sent again after a temporary fault, such as HTTP 429, 502, 503
      or 504.
    - Waits grow from half a second to a minute, or are as long as the server asks, up to five
      minutes.
    - A request that must not be carried out twice is never repeated blindly.
    - When left out, the environment variable E(IVANTI_UEM_RETRIES) is used.
    type: int
    default: 4
  profile:
    description:
    - The name of a connection profile, which gives the options of the connection.
    - An option that is given here wins over the profile, and the profile over the environment
      variables of the other options.
    - When it is given nowhere, no profile is used.
    - When left out, the environment variable E(IVANTI_UEM_PROFILE) is used.
    type: str
  profiles_path:
    description:
    - The YAML file of the connection profiles; see docs/connection.md. It is read only where
      O(profile) is given, on the machine that sends the requests.
    - When left out, the environment variable E(IVANTI_UEM_PROFILES) is used.
    type: path
    default: ~/.config/ivanti_uem/profiles.yml
  api:
    description:
    - 'The API of EPMM through which devices and labels are read, and actions and messages sent:
      V(v2), which has pages and device spaces, or V(v1), which the vendor deprecates, and which
      lists everything at once.'
    - V(auto) takes V(v2) where the server has it, which costs a request. Actions that V(v2)
      does not have are sent over V(v1), and refused where this is V(v2).
    - Everything else, such as policies, alerts, users and configurations, is read through V(v1)
      whatever is set here, because V(v2) does not have it. Neurons has one API, and ignores
      this option.
    - When left out, the environment variable E(IVANTI_UEM_API) is used.
    type: str
    choices:
    - auto
    - v1
    - v2
    default: auto
"""

    PLUGIN = r"""
options:
  url:
    description:
    - Address of the server with its scheme, such as C(https://na1.mobileiron.com).
    - A path behind the host is kept and put before C(/api/).
    - It is needed; when it is given nowhere, the task fails before any request.
    type: str
    env:
    - name: IVANTI_UEM_URL
  username:
    description:
    - Name of the account that sends the requests; sent with O(password) as Basic authentication.
    - Needed unless O(token) is given.
    type: str
    env:
    - name: IVANTI_UEM_USERNAME
  password:
    description:
    - Password of O(username). Needed with it.
    - One of digits must be in quotes. YAML would make another number of C(0123).
    type: str
    env:
    - name: IVANTI_UEM_PASSWORD
  token:
    description:
    - A token that is sent as C(Bearer) instead of O(username) and O(password).
    - Tenants whose administrators sign in with a password and a PIN accept no Basic authentication.
    - When left out, O(username) and O(password) are sent.
    type: str
    env:
    - name: IVANTI_UEM_TOKEN
  ca_path:
    description:
    - File or folder with the CA certificates that the server's certificate is checked against.
    - It takes precedence over the variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE), which
      are used when it is left out. Without any of them, the CAs of the Python library certifi
      are used.
    type: path
    env:
    - name: IVANTI_UEM_CA_PATH
  validate_certs:
    description:
    - Whether the server's TLS certificate is checked. Without the check the credentials go
      to whoever answers.
    type: bool
    default: true
    env:
    - name: IVANTI_UEM_VALIDATE_CERTS
  connect_timeout:
    description:
    - Seconds to wait for a connection.
    type: float
    default: 10.0
    env:
    - name: IVANTI_UEM_CONNECT_TIMEOUT
  read_timeout:
    description:
    - Seconds to wait for an answer.
    type: float
    default: 60.0
    env:
    - name: IVANTI_UEM_READ_TIMEOUT
  concurrency:
    description:
    - How many requests may be under way at the same time.
    type: int
    default: 4
    env:
    - name: IVANTI_UEM_CONCURRENCY
  retries:
    description:
    - How often a request is sent again after a temporary fault, such as HTTP 429, 502, 503
      or 504.
    - Waits grow from half a second to a minute, or are as long as the server asks, up to five
      minutes.
    - A request that must not be carried out twice is never repeated blindly.
    type: int
    default: 4
    env:
    - name: IVANTI_UEM_RETRIES
  profile:
    description:
    - The name of a connection profile, which gives the options of the connection.
    - An option that is given here wins over the profile, and the profile over the environment
      variables of the other options.
    - When it is given nowhere, no profile is used.
    type: str
    env:
    - name: IVANTI_UEM_PROFILE
  profiles_path:
    description:
    - The YAML file of the connection profiles; see docs/connection.md. It is read only where
      O(profile) is given, on the machine that sends the requests.
    type: path
    default: ~/.config/ivanti_uem/profiles.yml
    env:
    - name: IVANTI_UEM_PROFILES
"""

    EPMM_PLUGIN = r"""
options:
  url:
    description:
    - Address of the server with its scheme, such as C(https://na1.mobileiron.com).
    - A path behind the host is kept and put before C(/api/).
    - It is needed; when it is given nowhere, the task fails before any request.
    type: str
    env:
    - name: IVANTI_UEM_URL
  username:
    description:
    - Name of the account that sends the requests; sent with O(password) as Basic authentication.
    - Needed unless O(token) is given.
    type: str
    env:
    - name: IVANTI_UEM_USERNAME
  password:
    description:
    - Password of O(username). Needed with it.
    - One of digits must be in quotes. YAML would make another number of C(0123).
    type: str
    env:
    - name: IVANTI_UEM_PASSWORD
  token:
    description:
    - A token that is sent as C(Bearer) instead of O(username) and O(password).
    - Tenants whose administrators sign in with a password and a PIN accept no Basic authentication.
    - When left out, O(username) and O(password) are sent.
    type: str
    env:
    - name: IVANTI_UEM_TOKEN
  ca_path:
    description:
    - File or folder with the CA certificates that the server's certificate is checked against.
    - It takes precedence over the variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE), which
      are used when it is left out. Without any of them, the CAs of the Python library certifi
      are used.
    type: path
    env:
    - name: IVANTI_UEM_CA_PATH
  validate_certs:
    description:
    - Whether the server's TLS certificate is checked. Without the check the credentials go
      to whoever answers.
    type: bool
    default: true
    env:
    - name: IVANTI_UEM_VALIDATE_CERTS
  connect_timeout:
    description:
    - Seconds to wait for a connection.
    type: float
    default: 10.0
    env:
    - name: IVANTI_UEM_CONNECT_TIMEOUT
  read_timeout:
    description:
    - Seconds to wait for an answer.
    type: float
    default: 60.0
    env:
    - name: IVANTI_UEM_READ_TIMEOUT
  concurrency:
    description:
    - How many requests may be under way at the same time.
    type: int
    default: 4
    env:
    - name: IVANTI_UEM_CONCURRENCY
  retries:
    description:
    - How often a request is sent again after a temporary fault, such as HTTP 429, 502, 503
      or 504.
    - Waits grow from half a second to a minute, or are as long as the server asks, up to five
      minutes.
    - A request that must not be carried out twice is never repeated blindly.
    type: int
    default: 4
    env:
    - name: IVANTI_UEM_RETRIES
  profile:
    description:
    - The name of a connection profile, which gives the options of the connection.
    - An option that is given here wins over the profile, and the profile over the environment
      variables of the other options.
    - When it is given nowhere, no profile is used.
    type: str
    env:
    - name: IVANTI_UEM_PROFILE
  profiles_path:
    description:
    - The YAML file of the connection profiles; see docs/connection.md. It is read only where
      O(profile) is given, on the machine that sends the requests.
    type: path
    default: ~/.config/ivanti_uem/profiles.yml
    env:
    - name: IVANTI_UEM_PROFILES
  api:
    description:
    - 'The API of EPMM through which devices and labels are read, and actions and messages sent:
      V(v2), which has pages and device spaces, or V(v1), which the vendor deprecates, and which
      lists everything at once.'
    - V(auto) takes V(v2) where the server has it, which costs a request. Actions that V(v2)
      does not have are sent over V(v1), and refused where this is V(v2).
    - Everything else, such as policies, alerts, users and configurations, is read through V(v1)
      whatever is set here, because V(v2) does not have it. Neurons has one API, and ignores
      this option.
    type: str
    choices:
    - auto
    - v1
    - v2
    default: auto
    env:
    - name: IVANTI_UEM_API
"""

    LOOKUP_PLUGIN = r"""
options:
  product:
    description:
    - 'Which of the two products the server is: V(neurons) for Ivanti Neurons for MDM (formerly
      MobileIron Cloud), V(epmm) for Ivanti EPMM (formerly MobileIron Core).'
    - It is needed; when it is given nowhere, the task fails before any request.
    type: str
    choices:
    - neurons
    - epmm
    env:
    - name: IVANTI_UEM_PRODUCT
    vars:
    - name: ivanti_uem_product
  url:
    description:
    - Address of the server with its scheme, such as C(https://na1.mobileiron.com).
    - A path behind the host is kept and put before C(/api/).
    - It is needed; when it is given nowhere, the task fails before any request.
    type: str
    env:
    - name: IVANTI_UEM_URL
    vars:
    - name: ivanti_uem_url
  username:
    description:
    - Name of the account that sends the requests; sent with O(password) as Basic authentication.
    - Needed unless O(token) is given.
    type: str
    env:
    - name: IVANTI_UEM_USERNAME
    vars:
    - name: ivanti_uem_username
  password:
    description:
    - Password of O(username). Needed with it.
    - One of digits must be in quotes. YAML would make another number of C(0123).
    type: str
    env:
    - name: IVANTI_UEM_PASSWORD
    vars:
    - name: ivanti_uem_password
  token:
    description:
    - A token that is sent as C(Bearer) instead of O(username) and O(password).
    - Tenants whose administrators sign in with a password and a PIN accept no Basic authentication.
    - When left out, O(username) and O(password) are sent.
    type: str
    env:
    - name: IVANTI_UEM_TOKEN
    vars:
    - name: ivanti_uem_token
  ca_path:
    description:
    - File or folder with the CA certificates that the server's certificate is checked against.
    - It takes precedence over the variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE), which
      are used when it is left out. Without any of them, the CAs of the Python library certifi
      are used.
    type: path
    env:
    - name: IVANTI_UEM_CA_PATH
    vars:
    - name: ivanti_uem_ca_path
  validate_certs:
    description:
    - Whether the server's TLS certificate is checked. Without the check the credentials go
      to whoever answers.
    type: bool
    default: true
    env:
    - name: IVANTI_UEM_VALIDATE_CERTS
    vars:
    - name: ivanti_uem_validate_certs
  connect_timeout:
    description:
    - Seconds to wait for a connection.
    type: float
    default: 10.0
    env:
    - name: IVANTI_UEM_CONNECT_TIMEOUT
    vars:
    - name: ivanti_uem_connect_timeout
  read_timeout:
    description:
    - Seconds to wait for an answer.
    type: float
    default: 60.0
    env:
    - name: IVANTI_UEM_READ_TIMEOUT
    vars:
    - name: ivanti_uem_read_timeout
  concurrency:
    description:
    - How many requests may be under way at the same time.
    type: int
    default: 4
    env:
    - name: IVANTI_UEM_CONCURRENCY
    vars:
    - name: ivanti_uem_concurrency
  retries:
    description:
    - How often a request is sent again after a temporary fault, such as HTTP 429, 502, 503
      or 504.
    - Waits grow from half a second to a minute, or are as long as the server asks, up to five
      minutes.
    - A request that must not be carried out twice is never repeated blindly.
    type: int
    default: 4
    env:
    - name: IVANTI_UEM_RETRIES
    vars:
    - name: ivanti_uem_retries
  profile:
    description:
    - The name of a connection profile, which gives the options of the connection.
    - An option that is given here wins over the profile, and the profile over the environment
      variables of the other options.
    - When it is given nowhere, no profile is used.
    type: str
    env:
    - name: IVANTI_UEM_PROFILE
    vars:
    - name: ivanti_uem_profile
  profiles_path:
    description:
    - The YAML file of the connection profiles; see docs/connection.md. It is read only where
      O(profile) is given, on the machine that sends the requests.
    type: path
    default: ~/.config/ivanti_uem/profiles.yml
    env:
    - name: IVANTI_UEM_PROFILES
    vars:
    - name: ivanti_uem_profiles
  api:
    description:
    - 'The API of EPMM through which devices and labels are read, and actions and messages sent:
      V(v2), which has pages and device spaces, or V(v1), which the vendor deprecates, and which
      lists everything at once.'
    - V(auto) takes V(v2) where the server has it, which costs a request. Actions that V(v2)
      does not have are sent over V(v1), and refused where this is V(v2).
    - Everything else, such as policies, alerts, users and configurations, is read through V(v1)
      whatever is set here, because V(v2) does not have it. Neurons has one API, and ignores
      this option.
    type: str
    choices:
    - auto
    - v1
    - v2
    default: auto
    env:
    - name: IVANTI_UEM_API
    vars:
    - name: ivanti_uem_api
"""
